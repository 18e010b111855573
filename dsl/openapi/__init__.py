"""From a document of OpenAPI 3 to declarations: its schemas as types, its operations as tools."""
