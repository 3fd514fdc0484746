"""Tests that gateways as real processes buy nothing wrongly, whatever happens around them.

The sandbox, a Valkey server and the gateways have real sockets. A fault proxy is between the gateways and the sandbox.
There are three tests:

- `load` sends submit requests for few carts to two replicas, one of which has a wrong clock. Shoppers sign in between
  them, change the cart, resume redirects on another device, and ask after their session has ended.
- `kills` kills a gateway (SIGKILL) in the middle of submissions: a replica, or a gateway that keeps its records in
  memory and is started again.
- `silence` pauses the store, so that it does not answer, and sends submit requests.

The oracle in `oracle.py` compares what the shoppers requested and received with what the sandbox recorded.
"""
