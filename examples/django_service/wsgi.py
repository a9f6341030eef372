"""The service under gunicorn.

pip install codesentinel django gunicorn
PROMETHEUS_MULTIPROC_DIR=$(mktemp -d) gunicorn --workers 2 wsgi
curl 127.0.0.1:8000/orders/7 127.0.0.1:8000/metrics
"""

import os

from django.core.wsgi import get_wsgi_application

from codesentinel.instrument import WsgiMetricsMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "settings")
application = WsgiMetricsMiddleware(
    get_wsgi_application(), service="orders", environment="demo", version="1.0", metrics_path="/metrics"
)
