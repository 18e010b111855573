"""Classes of what is sensitive, as messages name them and as they are written."""

from dsl.ast.types import SENSITIVE


def data_of(class_: str) -> str:
    return "sensitive data" if class_ == SENSITIVE else f'"{class_}" data'


def written(class_: str) -> str:
    """As `sees` and `keeps` name it."""
    return SENSITIVE if class_ == SENSITIVE else f'"{class_}"'


def marked(class_: str) -> str:
    """As a field says it."""
    return SENSITIVE if class_ == SENSITIVE else f'{SENSITIVE} "{class_}"'
