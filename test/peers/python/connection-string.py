"""Says which host a Service Bus connection string names, as Microsoft's client reads it."""

import sys

from azure.servicebus import parse_connection_string

print(parse_connection_string(sys.argv[1]).fully_qualified_namespace)
