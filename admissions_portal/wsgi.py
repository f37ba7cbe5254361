"""What the web server calls."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "admissions_portal.settings")

application = get_wsgi_application()

from campaign.demonstration.guard import require_made_up  # noqa: E402 - the apps are there now

require_made_up()
