"""The addresses of the pages. Each view says with `seen_by` who may see it."""

from django.urls import path

from openpars.portal.views import (
    after,
    asking,
    board,
    booked,
    booking,
    charging,
    clients,
    custodian,
    delays,
    doorway,
    drafts,
    hearings,
    interviews,
    papers,
    register,
    times,
)

app_name = "portal"
urlpatterns = [
    path("", asking.ask, name="home"),
    path("record/", asking.open_record, name="record"),
    path("receipts/<uuid:disclosure>/", asking.receipt, name="receipt"),
    path("board/", board.board, name="board"),
    path("board/rows/", board.rows, name="board-rows"),
    path("agreements/", register.register, name="agreements"),
    path("agreements/<int:number>/", register.agreement, name="agreement"),
    *booking.urls,
    *booked.urls,
    *charging.urls,
    *delays.urls,
    *drafts.urls,
    *papers.urls,
    *interviews.urls,
    *hearings.urls,
    *after.urls,
    *clients.urls,
    *times.urls,
    *custodian.urls,
    path("log-in/", doorway.log_in, name="log-in"),
    path("log-out/", doorway.log_out, name="log-out"),
    path("stay/", doorway.stay, name="stay"),
]
