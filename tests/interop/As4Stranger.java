/**
 * An access point that shares no line with ours: the JDK alone, its own XML signatures, ciphers and canonical XML.
 *
 *   java As4Stranger.java build FOLDER   sender.key.pem, sender.pem, receiver.pem, payload -> message.type, message.body
 *   java As4Stranger.java open FOLDER    receiver.key.pem, message.type, message.body -> opened; prints the signer
 *
 * Exit 1 for a message that it does not believe.
 */
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.SecureRandom;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.OAEPParameterSpec;
import javax.crypto.spec.PSource;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.crypto.Data;
import javax.xml.crypto.KeySelector;
import javax.xml.crypto.OctetStreamData;
import javax.xml.crypto.URIDereferencer;
import javax.xml.crypto.XMLCryptoContext;
import javax.xml.crypto.XMLStructure;
import javax.xml.crypto.dom.DOMStructure;
import javax.xml.crypto.dsig.CanonicalizationMethod;
import javax.xml.crypto.dsig.DigestMethod;
import javax.xml.crypto.dsig.Reference;
import javax.xml.crypto.dsig.SignedInfo;
import javax.xml.crypto.dsig.Transform;
import javax.xml.crypto.dsig.TransformService;
import javax.xml.crypto.dsig.XMLSignature;
import javax.xml.crypto.dsig.XMLSignatureFactory;
import javax.xml.crypto.dsig.dom.DOMSignContext;
import javax.xml.crypto.dsig.dom.DOMValidateContext;
import javax.xml.crypto.dsig.spec.C14NMethodParameterSpec;
import javax.xml.crypto.dsig.spec.TransformParameterSpec;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

public class As4Stranger {
    static final String SOAP = "http://www.w3.org/2003/05/soap-envelope";
    static final String EB = "http://docs.oasis-open.org/ebxml-msg/ebms/v3.0/ns/core/200704/";
    static final String WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-";
    static final String WSSE = WSS + "wssecurity-secext-1.0.xsd";
    static final String WSU = WSS + "wssecurity-utility-1.0.xsd";
    static final String X509 = WSS + "x509-token-profile-1.0#X509v3";
    static final String BASE64 = WSS + "soap-message-security-1.0#Base64Binary";
    static final String XENC = "http://www.w3.org/2001/04/xmlenc#";
    static final String XENC11 = "http://www.w3.org/2009/xmlenc11#";
    static final String DS = "http://www.w3.org/2000/09/xmldsig#";
    static final String SWA = "http://docs.oasis-open.org/wss/oasis-wss-SwAProfile-1.1#";
    static final String SIGNED_ATTACHMENT = SWA + "Attachment-Content-Signature-Transform";
    static final String PART = "letter-71903@stranger.example";

    /** The transform that leaves an attachment as it is. The JDK does not bring it. */
    public static class AsItIs extends TransformService {
        @Override public AlgorithmParameterSpec getParameterSpec() { return null; }
        @Override public void init(TransformParameterSpec spec) { }
        @Override public void init(XMLStructure parent, XMLCryptoContext context) { }
        @Override public void marshalParams(XMLStructure parent, XMLCryptoContext context) { }
        @Override public boolean isFeatureSupported(String feature) { return false; }
        @Override public Data transform(Data data, XMLCryptoContext context) { return data; }
        @Override public Data transform(Data data, XMLCryptoContext context, java.io.OutputStream out) { return data; }
    }

    static class Transforms extends Provider {
        Transforms() {
            super("As4Stranger", "1", "attachment transforms");
            putService(new Service(this, "TransformService", SIGNED_ATTACHMENT, AsItIs.class.getName(), null,
                Map.of("MechanismType", "DOM")) {
                @Override public Object newInstance(Object parameter) { return new AsItIs(); }
            });
        }
    }

    public static void main(String[] words) throws Exception {
        Security.addProvider(new Transforms());
        Path folder = Path.of(words[1]);
        if (words[0].equals("build")) {
            build(folder);
        } else if (!open(folder)) {
            System.exit(1);
        }
    }

    static X509Certificate certificate(byte[] bytes) throws Exception {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(bytes));
    }

    static PrivateKey key(Path file) throws Exception {
        String pem = Files.readString(file).replaceAll("-----[A-Z ]+-----", "").replaceAll("\\s", "");
        return KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
    }

    static Document parsed(byte[] xml) throws Exception {
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        return factory.newDocumentBuilder().parse(new ByteArrayInputStream(xml));
    }

    static Cipher keyCipher(int mode, java.security.Key key) throws Exception {
        Cipher cipher = Cipher.getInstance("RSA/ECB/OAEPPadding");
        cipher.init(mode, key,
            new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
        return cipher;
    }

    static String base64(byte[] bytes) {
        return Base64.getMimeEncoder().encodeToString(bytes);
    }

    static void build(Path folder) throws Exception {
        X509Certificate sender = certificate(Files.readAllBytes(folder.resolve("sender.pem")));
        X509Certificate receiver = certificate(Files.readAllBytes(folder.resolve("receiver.pem")));
        ByteArrayOutputStream zipped = new ByteArrayOutputStream();
        try (GZIPOutputStream zip = new GZIPOutputStream(zipped)) {
            zip.write(Files.readAllBytes(folder.resolve("payload")));
        }
        byte[] content = zipped.toByteArray();
        byte[] secret = new byte[16];
        byte[] nonce = new byte[12];
        SecureRandom random = new SecureRandom();
        random.nextBytes(secret);
        random.nextBytes(nonce);
        byte[] wrapped = keyCipher(Cipher.ENCRYPT_MODE, receiver.getPublicKey()).doFinal(secret);
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(secret, "AES"), new GCMParameterSpec(128, nonce));
        ByteArrayOutputStream sealed = new ByteArrayOutputStream();
        sealed.write(nonce);
        sealed.write(cipher.doFinal(content));

        Document document = parsed(envelope(sender, receiver, wrapped).getBytes(StandardCharsets.UTF_8));
        sign(document, key(folder.resolve("sender.key.pem")), content);
        StringWriter soap = new StringWriter();
        Transformer transformer = TransformerFactory.newInstance().newTransformer();
        transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
        transformer.transform(new DOMSource(document), new StreamResult(soap));

        String boundary = "stranger=71903";
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        body.write(("--" + boundary + "\r\nContent-Type: application/soap+xml; charset=UTF-8\r\n"
            + "Content-ID: <root@stranger.example>\r\n\r\n" + soap + "\r\n--" + boundary
            + "\r\nContent-Type: application/octet-stream\r\nContent-Transfer-Encoding: binary\r\n"
            + "Content-ID: <" + PART + ">\r\n\r\n").getBytes(StandardCharsets.UTF_8));
        body.write(sealed.toByteArray());
        body.write(("\r\n--" + boundary + "--\r\n").getBytes(StandardCharsets.UTF_8));
        Files.write(folder.resolve("message.body"), body.toByteArray());
        Files.writeString(folder.resolve("message.type"),
            "multipart/related; boundary=\"" + boundary + "\"; type=\"application/soap+xml\"");
    }

    static String envelope(X509Certificate sender, X509Certificate receiver, byte[] wrapped) throws Exception {
        String token = "<wsse:BinarySecurityToken EncodingType='" + BASE64 + "' ValueType='" + X509 + "' wsu:Id='";
        String reference = "<wsse:SecurityTokenReference><wsse:Reference URI='#";
        return "<s:Envelope xmlns:s='" + SOAP + "' xmlns:wsse='" + WSSE + "' xmlns:wsu='" + WSU + "'>\n <s:Header>\n"
            + "  <wsse:Security s:mustUnderstand='true'>"
            + token + "their-token'>" + base64(receiver.getEncoded()) + "</wsse:BinarySecurityToken>"
            + "<xenc:EncryptedKey xmlns:xenc='" + XENC + "' Id='ek'><xenc:EncryptionMethod Algorithm='" + XENC11
            + "rsa-oaep'><ds:DigestMethod xmlns:ds='" + DS + "' Algorithm='" + XENC + "sha256'/>"
            + "<m:MGF xmlns:m='" + XENC11 + "' Algorithm='" + XENC11 + "mgf1sha256'/></xenc:EncryptionMethod>"
            + "<ds:KeyInfo xmlns:ds='" + DS + "'>" + reference + "their-token' ValueType='" + X509
            + "'/></wsse:SecurityTokenReference></ds:KeyInfo><xenc:CipherData><xenc:CipherValue>" + base64(wrapped)
            + "</xenc:CipherValue></xenc:CipherData><xenc:ReferenceList><xenc:DataReference URI='#ed'/>"
            + "</xenc:ReferenceList></xenc:EncryptedKey>"
            + "<xenc:EncryptedData xmlns:xenc='" + XENC + "' Id='ed' MimeType='application/gzip' Type='" + SWA
            + "Attachment-Content-Only'><xenc:EncryptionMethod Algorithm='" + XENC11 + "aes128-gcm'/>"
            + "<ds:KeyInfo xmlns:ds='" + DS + "'>" + reference + "ek'/></wsse:SecurityTokenReference></ds:KeyInfo>"
            + "<xenc:CipherData><xenc:CipherReference URI='cid:" + PART + "'><xenc:Transforms><ds:Transform xmlns:ds='"
            + DS + "' Algorithm='" + SWA + "Attachment-Ciphertext-Transform'/></xenc:Transforms>"
            + "</xenc:CipherReference></xenc:CipherData></xenc:EncryptedData>"
            + token + "our-token'>" + base64(sender.getEncoded()) + "</wsse:BinarySecurityToken></wsse:Security>\n"
            + "  <e:Messaging xmlns:e='" + EB + "' s:mustUnderstand='true' wsu:Id='the-header'>\n   <e:UserMessage>"
            + "<e:MessageInfo><e:Timestamp>2026-03-02T08:15:00.123456Z</e:Timestamp>"
            + "<e:MessageId>71903@stranger.example</e:MessageId></e:MessageInfo>"
            + "<e:PartyInfo><e:From><e:PartyId type='urn:example:identifiers:ap'>AP-A</e:PartyId><e:Role>" + EB
            + "initiator</e:Role></e:From><e:To><e:PartyId type='urn:example:identifiers:ap'>AP-B</e:PartyId><e:Role>"
            + EB + "responder</e:Role></e:To></e:PartyInfo><e:CollaborationInfo>"
            + "<e:Service type='t'>urn:s</e:Service><e:Action>a</e:Action>"
            + "<e:ConversationId>c</e:ConversationId></e:CollaborationInfo><e:PayloadInfo><e:PartInfo href='cid:"
            + PART.replace("@", "%40") + "'><e:PartProperties><e:Property name='MimeType'>text/plain</e:Property>"
            + "<e:Property name='CompressionType'>application/gzip</e:Property></e:PartProperties></e:PartInfo>"
            + "</e:PayloadInfo></e:UserMessage>\n  </e:Messaging>\n </s:Header>\n <s:Body wsu:Id='the-body'/>\n"
            + "</s:Envelope>";
    }

    static void sign(Document document, PrivateKey key, byte[] content) throws Exception {
        XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
        DigestMethod digest = factory.newDigestMethod(DigestMethod.SHA256, null);
        Transform exclusive = factory.newTransform(CanonicalizationMethod.EXCLUSIVE, (TransformParameterSpec) null);
        Transform attachment = factory.newTransform(SIGNED_ATTACHMENT, (TransformParameterSpec) null);
        List<Reference> references = List.of(
            factory.newReference("cid:" + PART, digest, List.of(attachment), null, null),
            factory.newReference("#the-header", digest, List.of(exclusive), null, null),
            factory.newReference("#the-body", digest, List.of(exclusive), null, null));
        SignedInfo info = factory.newSignedInfo(
            factory.newCanonicalizationMethod(CanonicalizationMethod.EXCLUSIVE, (C14NMethodParameterSpec) null),
            factory.newSignatureMethod("http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", null), references);
        Element named = document.createElementNS(WSSE, "wsse:SecurityTokenReference");
        Element reference = document.createElementNS(WSSE, "wsse:Reference");
        reference.setAttribute("URI", "#our-token");
        reference.setAttribute("ValueType", X509);
        named.appendChild(reference);
        Element security = (Element) document.getElementsByTagNameNS(WSSE, "Security").item(0);
        DOMSignContext context = new DOMSignContext(key, security);
        context.setDefaultNamespacePrefix("ds");
        knowIds(document);
        context.setURIDereferencer(dereferencer(factory, Map.of(PART, content)));
        factory.newXMLSignature(info,
            factory.getKeyInfoFactory().newKeyInfo(List.of(new DOMStructure(named)))).sign(context);
    }

    static void knowIds(Document document) {
        NodeList all = document.getElementsByTagName("*");
        for (int place = 0; place < all.getLength(); place++) {
            Element element = (Element) all.item(place);
            if (element.hasAttributeNS(WSU, "Id")) {
                element.setIdAttributeNS(WSU, "Id", true);
            }
        }
    }

    static URIDereferencer dereferencer(XMLSignatureFactory factory, Map<String, byte[]> contents) {
        URIDereferencer usual = factory.getURIDereferencer();
        return (reference, context) -> {
            String uri = reference.getURI();
            if (uri.startsWith("cid:")) {
                return new OctetStreamData(new ByteArrayInputStream(contents.get(uri.substring(4))));
            }
            return usual.dereference(reference, context);
        };
    }

    static boolean open(Path folder) throws Exception {
        Map<String, byte[]> parts = parts(Files.readString(folder.resolve("message.type")),
            Files.readAllBytes(folder.resolve("message.body")));
        List<String> names = new ArrayList<>(parts.keySet());
        Document document = parsed(parts.get(names.get(0)));
        knowIds(document);
        Element wrapped = (Element) document.getElementsByTagNameNS(XENC, "CipherValue").item(0);
        Map<String, byte[]> contents = new LinkedHashMap<>();
        if (wrapped != null) {
            byte[] secret = keyCipher(Cipher.DECRYPT_MODE, key(folder.resolve("receiver.key.pem")))
                .doFinal(Base64.getMimeDecoder().decode(wrapped.getTextContent()));
            for (String name : names.subList(1, names.size())) {
                byte[] sealed = parts.get(name);
                Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
                cipher.init(Cipher.DECRYPT_MODE, new SecretKeySpec(secret, "AES"),
                    new GCMParameterSpec(128, sealed, 0, 12));
                contents.put(name, cipher.doFinal(sealed, 12, sealed.length - 12));
            }
        }
        Element signature = (Element) document.getElementsByTagNameNS(DS, "Signature").item(0);
        Element named = (Element) signature.getElementsByTagNameNS(WSSE, "Reference").item(0);
        X509Certificate signer = certificate(Base64.getMimeDecoder().decode(
            document.getElementById(named.getAttribute("URI").substring(1)).getTextContent()));
        XMLSignatureFactory factory = XMLSignatureFactory.getInstance("DOM");
        DOMValidateContext context =
            new DOMValidateContext(KeySelector.singletonKeySelector(signer.getPublicKey()), signature);
        context.setURIDereferencer(dereferencer(factory, contents));
        XMLSignature read = factory.unmarshalXMLSignature(context);
        if (!read.validate(context) || read.getSignedInfo().getReferences().size() != 2 + contents.size()) {
            return false;
        }
        ByteArrayOutputStream opened = new ByteArrayOutputStream();
        for (byte[] content : contents.values()) {
            opened.write(new GZIPInputStream(new ByteArrayInputStream(content)).readAllBytes());
        }
        Files.write(folder.resolve("opened"), opened.toByteArray());
        System.out.println(signer.getSubjectX500Principal().getName());
        return true;
    }

    /** The parts of a body by their Content-ID, the SOAP part first; a signal is SOAP alone. */
    static Map<String, byte[]> parts(String type, byte[] body) {
        Map<String, byte[]> parts = new LinkedHashMap<>();
        if (!type.startsWith("multipart/")) {
            parts.put("soap", body);
            return parts;
        }
        String boundary = type.replaceAll(".*boundary=\"([^\"]+)\".*", "$1");
        String text = new String(body, StandardCharsets.ISO_8859_1);
        String[] pieces = ("\r\n" + text.stripLeading()).split(java.util.regex.Pattern.quote("\r\n--" + boundary));
        for (int number = 1; number < pieces.length - 1; number++) {
            int end = pieces[number].indexOf("\r\n\r\n");
            String name = pieces[number].substring(0, end).replaceAll("(?is).*content-id: <([^>]+)>.*", "$1");
            parts.put(name, pieces[number].substring(end + 4).getBytes(StandardCharsets.ISO_8859_1));
        }
        return parts;
    }
}
