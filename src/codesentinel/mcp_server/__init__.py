"""The verbs as tools for agents, over the Model Context Protocol.

Reading is always offered, and reporting on the procedures that an agent follows. What writes is offered by
name, when the settings say so; what destroys never is.

- ``parameters``: a function's signature as a JSON Schema, and an agent's arguments as its parameters
- ``offer``: which verbs become tools, under which names, and with which of their parameters
- ``procedures``: the three tools that an agent reports with
- ``call``: one call, from arguments to an answer
- ``server``: the protocol, by the ``mcp`` SDK, on standard input and output or over HTTP
"""
