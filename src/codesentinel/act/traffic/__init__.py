"""Moving traffic between a baseline and a canary; all splitters do so by the same three calls.

splitter       what every splitter can do: read the weights, set them, count what arrives
envoy          weighted clusters in a route file that Envoy watches
envoy_files    what the files of an Envoy of our own say
envoy_server   such an Envoy: started, found again by whoever comes next, ended
haproxy        server weights over HAProxy's runtime socket
istio          the weights of one named route of a VirtualService
gateway_api    the weights of one rule of an HTTPRoute
cluster        what both of these have in common
kubernetes     changing one number of an object that others change as well
claim          never two at once, machine-wide
local_socket   HTTP and lines to a socket in the file system
"""
