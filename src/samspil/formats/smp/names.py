"""The namespaces of SMP 1.0 and 2.0."""

V1 = "http://docs.oasis-open.org/bdxr/ns/SMP/2016/05"
GROUP2 = "http://docs.oasis-open.org/bdxr/ns/SMP/2/ServiceGroup"
METADATA2 = "http://docs.oasis-open.org/bdxr/ns/SMP/2/ServiceMetadata"
AGGREGATE2 = "http://docs.oasis-open.org/bdxr/ns/SMP/2/AggregateComponents"
BASIC2 = "http://docs.oasis-open.org/bdxr/ns/SMP/2/BasicComponents"
DS = "http://www.w3.org/2000/09/xmldsig#"
