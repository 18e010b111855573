"""Our converter, around whatever a client had before, and a client with it."""

from dataclasses import replace

from temporalio.client import Client
from temporalio.common import HeaderCodecBehavior
from temporalio.converter import DataConverter, DefaultPayloadConverter

from interpreter.converter.codec import Encrypting
from interpreter.converter.failures import hiding_what_failures_say
from interpreter.converter.ordered import OrderedPayloadConverter
from interpreter.encryption.keyring import Keyring


def own_converter(converter: DataConverter | None, keys: Keyring) -> DataConverter:
    """`converter` with these keys, in place of any it had; with none, those it had stay. A converter without a key
    only says which one it lacks.
    """
    converter = converter or DataConverter.default
    kind = converter.payload_converter_class
    codec, inner = converter.payload_codec, converter.payload_codec
    if isinstance(codec, Encrypting):
        keys, inner = keys or codec.keys, codec.inner
    failures = converter.failure_converter_class
    return replace(
        converter,
        payload_converter_class=OrderedPayloadConverter if kind is DefaultPayloadConverter else kind,
        payload_codec=Encrypting(keys, inner),
        failure_converter_class=hiding_what_failures_say(failures) if keys else failures,
    )


def headers_with(keys: Keyring, before: HeaderCodecBehavior) -> HeaderCodecBehavior:
    """Headers hold what of the arguments is a reference, with the hash of its content."""
    return HeaderCodecBehavior.CODEC if keys else before


def client_with_keys(client: Client, keys: Keyring) -> Client:
    """The same connection, with these keys."""
    config = client.config(active_config=True)
    config["plugins"] = []  # what they change is in the active configuration already
    config["data_converter"] = own_converter(config["data_converter"], keys)
    config["header_codec_behavior"] = headers_with(keys, config["header_codec_behavior"])
    return Client(**config)


def encrypts(client: Client) -> bool:
    """Whether what `client` sends is encrypted by a codec of ours, whichever codecs are around it."""
    codec: object = client.data_converter.payload_codec
    while codec is not None and not isinstance(codec, Encrypting):
        codec = getattr(codec, "inner", None)
    return codec is not None and bool(codec.keys)
