"""What of the product's own folder a bundle is made of."""

from ui.settings import PROJECT

DEPLOY = PROJECT / "deploy"
HELD = PROJECT / ".cache" / "wheels"
