from django.db import migrations

import programmes.rules_field


class Migration(migrations.Migration):
    dependencies = [("programmes", "0001_initial")]

    operations = [
        migrations.RenameField("procedureversion", "rules_json", "rules"),
        migrations.AlterField("procedureversion", "rules", programmes.rules_field.RulesField(verbose_name="règles")),
    ]
