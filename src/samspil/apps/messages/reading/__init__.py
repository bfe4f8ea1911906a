"""What a message says, in plain words: a renderer a body class, from clinical values to the blocks a page draws.

reader           the way in: a message, or stored bytes, to a `Reading`
blocks           the few shapes a page can draw
fieldwise        a body that no renderer knows, field by field
<body>           one module for each kind of body, named as in `samspil.domain.clinical`
"""
