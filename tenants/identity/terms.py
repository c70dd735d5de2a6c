"""What a tenant says of its identity provider. Pure."""

from dataclasses import dataclass, field

LONGEST_SUBJECT = 255


@dataclass(frozen=True)
class Terms:
    """`second_factor`: the word in the provider's `amr`, or its `acr`, that counts as the second factor; empty: our own
    policy holds whatever the provider did. `passwords`: whether members may sign in by password, too."""

    issuer: str
    client_id: str
    second_factor: str = ""
    enabled: bool = False
    passwords: bool = True
    has_secret: bool = False

    @property
    def only(self) -> bool:
        """Whether the provider is the only way in, for all but administrators."""
        return self.enabled and not self.passwords


@dataclass(frozen=True)
class Registration:
    """As what we are known to a provider, which word of it counts as the second factor, and where it sends people."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    second_factor: str
    callback: str


def is_subject(text: str) -> bool:
    """What can be somebody's subject at a provider (OpenID Connect Core 1.0, 2: at most 255 characters)."""
    return 0 < len(text) <= LONGEST_SUBJECT and text.isprintable()
