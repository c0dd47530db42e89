"""Which handler compiles which keyword."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from evtcompat.formats.json_schema.compiling import applicators, arrays, objects, values
from evtcompat.formats.json_schema.compiling.context import Context
from evtcompat.formats.json_schema.compiling.scope import Contents, Scope
from evtcompat.formats.json_schema.nodes import Node

#: What a keyword demands; a list for all of several demands.
Handler = Callable[[Context, Contents, Scope], Node | list[Node]]

HANDLERS: Mapping[str, Handler] = {
    "type": values.type_,
    "enum": values.enum,
    "const": values.const,
    "minimum": values.minimum,
    "maximum": values.maximum,
    "exclusiveMinimum": values.exclusive_minimum,
    "exclusiveMaximum": values.exclusive_maximum,
    "multipleOf": values.multiple_of,
    "minLength": values.min_length,
    "maxLength": values.max_length,
    "pattern": values.pattern,
    "format": values.format_,
    "allOf": applicators.all_of,
    "anyOf": applicators.any_of,
    "oneOf": applicators.one_of,
    "not": applicators.not_,
    "if": applicators.if_,
    "items": arrays.items,
    "prefixItems": arrays.prefix_items,
    "minItems": arrays.min_items,
    "maxItems": arrays.max_items,
    "uniqueItems": arrays.unique_items,
    "contains": arrays.contains,
    "unevaluatedItems": arrays.unevaluated_items,
    "properties": objects.properties_first,
    "patternProperties": objects.pattern_first,
    "additionalProperties": objects.additional_first,
    "propertyNames": objects.property_names,
    "required": objects.required,
    "minProperties": objects.min_properties,
    "maxProperties": objects.max_properties,
    "dependencies": objects.dependencies,
    "dependentRequired": objects.dependent_required,
    "dependentSchemas": objects.dependent_schemas,
    "unevaluatedProperties": objects.unevaluated_properties,
    "$ref": lambda context, contents, scope: context.referred(contents, scope, "$ref"),
    "$dynamicRef": lambda context, contents, scope: context.referred(contents, scope, "$dynamicRef"),
    "$recursiveRef": lambda context, contents, scope: context.referred(contents, scope, "$recursiveRef"),
}

#: Keywords that another keyword's handler reads: they constrain nothing by themselves.
READ_BY_OTHERS: Mapping[str, str] = {
    "additionalItems": "items",
    "minContains": "contains",
    "maxContains": "contains",
    "then": "if",
    "else": "if",
}
