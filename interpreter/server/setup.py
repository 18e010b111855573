"""What a namespace needs. Both are idempotent, and a run also starts on a namespace without them."""

from datetime import timedelta

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest, UpdateNamespaceRequest
from temporalio.client import Client

from interpreter.boundary.names import (
    DEADLINE_ATTRIBUTE,
    FLOW_ATTRIBUTE,
    GROUPS_ATTRIBUTE,
    HASH_ATTRIBUTE,
    REQUESTER_ATTRIBUTE,
    USD_ATTRIBUTE,
)

ATTRIBUTES: dict[str, IndexedValueType.ValueType] = {
    FLOW_ATTRIBUTE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    HASH_ATTRIBUTE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    REQUESTER_ATTRIBUTE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    GROUPS_ATTRIBUTE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD_LIST,
    DEADLINE_ATTRIBUTE: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
    USD_ATTRIBUTE: IndexedValueType.INDEXED_VALUE_TYPE_DOUBLE,
}


async def register_attributes(client: Client) -> list[str]:
    """Register the search attributes that are missing, and say which those were."""
    missing = await missing_attributes(client)
    if missing:
        request = AddSearchAttributesRequest(namespace=client.namespace)
        for name in missing:
            request.search_attributes[name] = ATTRIBUTES[name]
        await client.operator_service.add_search_attributes(request)
    return missing


async def missing_attributes(client: Client) -> list[str]:
    request = ListSearchAttributesRequest(namespace=client.namespace)
    registered = (await client.operator_service.list_search_attributes(request)).custom_attributes
    return [name for name in ATTRIBUTES if name not in registered]


async def keep_closed_runs(client: Client, retention: timedelta) -> None:
    """Keep closed runs at least this long; a development server forgets them after a day otherwise."""
    namespace = await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
    if namespace.config.workflow_execution_retention_ttl.ToTimedelta() >= retention:
        return
    request = UpdateNamespaceRequest(namespace=client.namespace)
    request.config.workflow_execution_retention_ttl.FromTimedelta(retention)
    await client.workflow_service.update_namespace(request)
