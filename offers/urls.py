"""The pages of offers: their addresses."""

from django.urls import path

from offers.views import own_offers, own_places, relatives

app_name = "offers"
urlpatterns = [
    path("<slug:slug>/", own_offers.page, name="page"),
    path("<slug:slug>/ma-place/", own_places.place, name="place"),
    path("<slug:slug>/ma-place/<int:place_id>/confirmer/", own_places.confirm, name="confirm_place"),
    path("<slug:slug>/ma-place/<int:place_id>/rendre/", own_places.decline, name="decline_place"),
    path("<slug:slug>/repondre/", own_offers.reply, name="reply"),
    path("<slug:slug>/code/", own_offers.make_code, name="make_code"),
    path("<slug:slug>/code/annuler/", own_offers.cancel_code, name="cancel_code"),
    path("<slug:slug>/proche/", relatives.enter, name="enter_code"),
    path("<slug:slug>/proche/reponses/", relatives.answers, name="relative"),
    path("<slug:slug>/proche/repondre/", relatives.reply, name="relative_reply"),
    path("<slug:slug>/proche/terminer/", relatives.leave, name="leave"),
]
