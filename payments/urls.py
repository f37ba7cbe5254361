"""The pages of payment: their addresses."""

from django.urls import path

from payments import views

app_name = "payments"
urlpatterns = [path("banque-d-essai/<uuid:payment_id>/", views.test_bank, name="test_bank")]
