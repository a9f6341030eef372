"""The service under uvicorn.

pip install codesentinel django uvicorn
uvicorn asgi:application
curl 127.0.0.1:8000/orders/7 127.0.0.1:8000/metrics
"""

import os

from django.core.asgi import get_asgi_application

from codesentinel.instrument import MetricsMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
application = MetricsMiddleware(
    get_asgi_application(), service="orders", environment="demo", version="1.0", metrics_path="/metrics"
)
