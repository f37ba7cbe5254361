"""The staff's side: the admin class that shows and does not write.

Every change goes through an act, so the admin's own adding, changing and deleting are off, and so are their
permissions: what a person sees follows from roles.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest

from programmes.models import Role


class DeskAdmin(admin.ModelAdmin):
    """A list and a page per object, read-only, for those who hold one of `roles` in some procedure.

    A subclass restricts the rows in `visible_rows`; pages of its own (`get_urls`) call acts.
    """

    roles: ClassVar[tuple[str, ...]] = (Role.Kind.OFFICE,)
    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        user = request.user
        if not user.is_active or not user.is_staff:
            return False
        if user.is_superuser:
            return True
        allowed = Role.objects.filter(user=user.pk, kind__in=self.roles).exists()
        return allowed and (obj is None or self.get_queryset(request).filter(pk=obj.pk).exists())

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.visible_rows(request, super().get_queryset(request))

    def visible_rows(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `rows` that the person's roles let them see."""
        raise TypeError(f"{type(self).__name__} must say which rows a person sees")
