"""Tables of access, and the SQL functions that every room's row-level security asks."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

# They read what `acting` has told this transaction. Without it they give '' and NULL, and every policy closes.
# A setting that was local to an ended transaction reads as '' afterwards, never as its last value.
FUNCTIONS = """
CREATE FUNCTION access_scope() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN current_setting('sakha.scope', true)
     IN ('ORGANISATION', 'COUNTY', 'PROVINCE', 'NATION', 'SYSTEM', 'SIGN_IN')
     THEN current_setting('sakha.scope', true) ELSE '' END $$;

CREATE FUNCTION access_organisation_id() RETURNS int LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN access_scope() <> '' THEN nullif(current_setting('sakha.organisation_id', true), '')::int END $$;

CREATE FUNCTION access_user_id() RETURNS bigint LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE WHEN access_scope() <> '' THEN nullif(current_setting('sakha.user_id', true), '')::bigint END $$;

CREATE FUNCTION access_province() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('sakha.province', true), '') $$;

CREATE FUNCTION access_county() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT coalesce(current_setting('sakha.county', true), '') $$;

CREATE FUNCTION access_is_system() RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT access_scope() = 'SYSTEM' $$;

CREATE FUNCTION access_sees_area(province text, county text) RETURNS bool LANGUAGE sql STABLE PARALLEL SAFE AS
$$ SELECT CASE current_setting('sakha.scope', true)
     WHEN 'PROVINCE' THEN $1 IS NOT NULL AND $1 <> '' AND $1 = current_setting('sakha.province', true)
     WHEN 'COUNTY' THEN $2 IS NOT NULL AND $2 <> '' AND $2 = current_setting('sakha.county', true)
     WHEN 'NATION' THEN true
     WHEN 'SYSTEM' THEN true
     ELSE false END $$;
"""

DROP_FUNCTIONS = """
DROP FUNCTION access_sees_area(text, text);
DROP FUNCTION access_is_system(), access_county(), access_province(), access_user_id(), access_organisation_id(),
  access_scope();
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS),
        migrations.CreateModel(
            name="Organisation",
            fields=[
                ("id", models.AutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=16)),
                ("name", models.CharField(max_length=200)),
                ("legal_id", models.CharField(blank=True, default="", max_length=11)),
                ("licence_issuer", models.CharField(blank=True, default="", max_length=120)),
                ("licence_number", models.CharField(blank=True, default="", max_length=60)),
                ("licence_valid_until", models.DateField(null=True)),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("capacity_households", models.PositiveIntegerField(null=True)),
                ("registered_at", models.DateTimeField()),
                ("approved_at", models.DateTimeField(null=True)),
                ("suspended_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("legal_id", ""), _negated=True),
                        fields=("legal_id",),
                        name="one_organisation_a_legal_id",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("licence_number", ""), _negated=True),
                        fields=("licence_issuer", "licence_number"),
                        name="one_organisation_a_licence",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kind__in", ["CHARITY", "CHARITY_CENTRE", "AGENCY", "GOVERNOR_OFFICE"])),
                        name="organisation_kind_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("username", models.CharField(max_length=60, unique=True)),
                ("role", models.CharField(max_length=20)),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("display_name", models.CharField(max_length=120)),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField()),
                (
                    "organisation",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="users",
                        to="access.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SignInAttempt",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("username_digest", models.BinaryField(max_length=16)),
                ("address_digest", models.BinaryField(max_length=16)),
                ("at", models.DateTimeField()),
                ("is_success", models.BooleanField(default=False)),
            ],
            options={
                "db_table": "access_sign_in_attempt",
                "indexes": [
                    models.Index(fields=["username_digest", "at"], name="attempts_of_username"),
                    models.Index(fields=["address_digest", "at"], name="attempts_of_address"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AccessEntry",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField()),
                ("action", models.CharField(max_length=12)),
                ("province", models.CharField(blank=True, default="", max_length=2)),
                ("county", models.CharField(blank=True, default="", max_length=8)),
                ("household_id", models.BigIntegerField(null=True)),
                ("person_count", models.PositiveIntegerField(default=1)),
                ("purpose", models.CharField(max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "organisation",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        to="access.organisation",
                    ),
                ),
            ],
            options={
                "db_table": "access_entry",
                "indexes": [
                    models.Index(
                        models.F("household_id"),
                        models.OrderBy(models.F("at"), descending=True),
                        condition=models.Q(("household_id__isnull", False)),
                        name="who_looked",
                    ),
                    models.Index(
                        models.F("organisation"),
                        models.OrderBy(models.F("at"), descending=True),
                        name="what_organisation_did",
                    ),
                ],
            },
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "role__in",
                        [
                            "CHARITY_STAFF",
                            "CHARITY_HEAD",
                            "AGENCY_STAFF",
                            "COUNTY_OFFICER",
                            "PROVINCE_OFFICER",
                            "NATION_OFFICER",
                            "OPERATOR",
                        ],
                    )
                ),
                name="user_role_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role__in", ["CHARITY_STAFF", "CHARITY_HEAD", "AGENCY_STAFF"]), _negated=True),
                    ("organisation__isnull", False),
                    _connector="OR",
                ),
                name="user_of_organisation_has_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "PROVINCE_OFFICER"), _negated=True),
                    models.Q(("province", ""), _negated=True),
                    _connector="OR",
                ),
                name="user_of_province_has_one",
            ),
        ),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("role", "COUNTY_OFFICER"), _negated=True),
                    models.Q(("county", ""), _negated=True),
                    _connector="OR",
                ),
                name="user_of_county_has_one",
            ),
        ),
    ]
