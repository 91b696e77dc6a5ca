# The database as it is in the recovery region after it was restored there, which the emulator cannot do from replicated backups.
{% if recovery_region and here.has("postgresql") %}
aws rds create-db-instance --region {{ recovery_region | sh }} --db-instance-identifier {{ here.part("postgresql").name | sh }} --engine postgres --db-instance-class db.t4g.small --allocated-storage 50 --master-username app --master-user-password rehearsal-only --backup-retention-period 30 --multi-az --no-publicly-accessible
{% endif %}
