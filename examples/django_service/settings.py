"""The settings of a service of Django that is measured; see wsgi.py and asgi.py."""

SECRET_KEY = "for the example alone"  # noqa: S105
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "urls"
MIDDLEWARE = ["codesentinel.instrument.django.leave_route"]
USE_TZ = True
