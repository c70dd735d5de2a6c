"""The first schema.

Revision: 0001
Follows: nothing
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cross_tenant_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cross_tenant_use")),
    )
    op.create_table(
        "tenant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plugins", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenant")),
        sa.UniqueConstraint("slug", name=op.f("uq_tenant_slug")),
    )
    op.create_table(
        "change",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("via", sa.Text(), nullable=False),
        sa.Column("entity", sa.Text(), nullable=False),
        sa.Column("entity_id", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("old", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("new", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_change_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_change")),
    )
    op.create_index("ix_change_entity", "change", ["tenant_id", "entity", "entity_id", "id"], unique=False)
    op.create_index("ix_change_revision", "change", ["tenant_id", "plan_id", "revision"], unique=False)
    op.create_table(
        "plan",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("year", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("source_text", sa.Text(), nullable=False),
        sa.Column("source_digest", sa.Text(), nullable=False),
        sa.Column("meta", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("leftovers", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('draft', 'confirmed')", name=op.f("ck_plan_status")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_plan_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_plan")),
        sa.UniqueConstraint("tenant_id", "source_digest", name=op.f("uq_plan_tenant_id_source_digest")),
    )
    op.create_table(
        "status_word",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("word", sa.Text(), nullable=False),
        sa.Column("form", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_status_word_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_status_word")),
        sa.UniqueConstraint("tenant_id", "word", name=op.f("uq_status_word_tenant_id_word")),
    )
    op.create_table(
        "stamp_key",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_stamp_key_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_stamp_key")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_stamp_key_tenant_id_name")),
    )
    op.create_table(
        "unit",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("aliases", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_unit_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unit")),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_unit_tenant_id_name")),
    )
    op.create_table(
        "binding",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("last_checked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name="fk_plan_id_plan", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_binding_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_binding")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_binding_tenant_id_key")),
        sa.UniqueConstraint("tenant_id", "plan_id", name=op.f("uq_binding_tenant_id_plan_id")),
    )
    op.create_table(
        "section",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name="fk_plan_id_plan", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_section_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_section")),
        sa.UniqueConstraint("tenant_id", "plan_id", "position", name=op.f("uq_section_tenant_id_plan_id_position")),
    )
    op.create_table(
        "unit_member",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("member_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "group_id"], ["unit.tenant_id", "unit.id"], name="fk_group_id_unit", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "member_id"], ["unit.tenant_id", "unit.id"], name="fk_member_id_unit", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_unit_member_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_unit_member")),
        sa.UniqueConstraint(
            "tenant_id", "group_id", "member_id", name=op.f("uq_unit_member_tenant_id_group_id_member_id")
        ),
    )
    op.create_table(
        "conflict",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("binding_id", sa.BigInteger(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value_key", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("closed_by", sa.Text(), nullable=True),
        sa.Column("closed_how", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "binding_id"],
            ["binding.tenant_id", "binding.id"],
            name="fk_binding_id_binding",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_conflict_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_conflict")),
    )
    op.create_index(
        "uq_conflict_open",
        "conflict",
        ["tenant_id", "binding_id", "owner", "field", "value_key"],
        unique=True,
        postgresql_where=sa.text("closed_by IS NULL"),
    )
    op.create_table(
        "sync_pass",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("binding_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("parent", sa.Text(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("written", sa.Text(), nullable=True),
        sa.Column("report", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("records", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rest_file", sa.Text(), nullable=True),
        sa.Column("rest_state", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "binding_id"],
            ["binding.tenant_id", "binding.id"],
            name="fk_binding_id_binding",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sync_pass_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sync_pass")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_sync_pass_tenant_id_key")),
    )
    op.create_index("ix_sync_pass_parent", "sync_pass", ["tenant_id", "parent"], unique=False)
    op.create_index("ix_sync_pass_rest", "sync_pass", ["tenant_id", "rest_file"], unique=False)
    op.create_table(
        "task",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("section_id", sa.BigInteger(), nullable=True),
        sa.Column("no", sa.Text(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=True),
        sa.Column("end", sa.BigInteger(), nullable=True),
        sa.Column("deadline_text", sa.Text(), nullable=False),
        sa.Column("quota_text", sa.Text(), nullable=False),
        sa.Column("cadence", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("revs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name="fk_plan_id_plan", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "section_id"],
            ["section.tenant_id", "section.id"],
            name="fk_section_id_section",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_task_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_plan", "task", ["tenant_id", "plan_id", "position"], unique=False)
    op.create_table(
        "assignment",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("revs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("role IN ('lead', 'supporting', '')", name=op.f("ck_assignment_role")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"], ["task.tenant_id", "task.id"], name="fk_task_id_task", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], name="fk_unit_id_unit", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_assignment_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_assignment")),
        sa.UniqueConstraint("tenant_id", "task_id", "unit_id", name=op.f("uq_assignment_tenant_id_task_id_unit_id")),
    )
    op.create_index("ix_assignment_unit", "assignment", ["tenant_id", "unit_id"], unique=False)
    op.create_table(
        "deadline",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("month", sa.BigInteger(), nullable=True),
        sa.Column("days", sa.BigInteger(), nullable=True),
        sa.Column("event", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"], ["task.tenant_id", "task.id"], name="fk_task_id_task", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_deadline_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_deadline")),
    )
    op.create_index("ix_deadline_task", "deadline", ["tenant_id", "task_id"], unique=False)
    op.create_table(
        "quota",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("op", sa.Text(), nullable=False),
        sa.Column("number", sa.Numeric(), nullable=False),
        sa.Column("unit_word", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.CheckConstraint("scope IN ('total', 'each')", name=op.f("ck_quota_scope")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"], ["task.tenant_id", "task.id"], name="fk_task_id_task", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_quota_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_quota")),
    )
    op.create_index("ix_quota_task", "quota", ["tenant_id", "task_id"], unique=False)
    op.create_table(
        "sheet_base",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pass_id", sa.BigInteger(), nullable=False),
        sa.Column("rows", sa.LargeBinary(), nullable=False),
        sa.Column("steps", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pass_id"],
            ["sync_pass.tenant_id", "sync_pass.id"],
            name="fk_pass_id_sync_pass",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sheet_base_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sheet_base")),
        sa.UniqueConstraint("tenant_id", "pass_id", name=op.f("uq_sheet_base_tenant_id_pass_id")),
    )
    op.create_table(
        "sheet_edit",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pass_id", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("fate", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pass_id"],
            ["sync_pass.tenant_id", "sync_pass.id"],
            name="fk_pass_id_sync_pass",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sheet_edit_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sheet_edit")),
    )
    op.create_index("ix_sheet_edit_stamp", "sheet_edit", ["tenant_id", "stamp"], unique=False)
    op.create_table(
        "sheet_header",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pass_id", sa.BigInteger(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("header", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pass_id"],
            ["sync_pass.tenant_id", "sync_pass.id"],
            name="fk_pass_id_sync_pass",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sheet_header_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sheet_header")),
        sa.UniqueConstraint("tenant_id", "copy", "field", name=op.f("uq_sheet_header_tenant_id_copy_field")),
    )
    op.create_table(
        "sheet_note",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pass_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pass_id"],
            ["sync_pass.tenant_id", "sync_pass.id"],
            name="fk_pass_id_sync_pass",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sheet_note_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sheet_note")),
    )
    op.create_table(
        "sheet_part",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pass_id", sa.BigInteger(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pass_id"],
            ["sync_pass.tenant_id", "sync_pass.id"],
            name="fk_pass_id_sync_pass",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sheet_part_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sheet_part")),
        sa.UniqueConstraint("tenant_id", "copy", name=op.f("uq_sheet_part_tenant_id_copy")),
    )
    op.create_table(
        "sheet_proposal",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pass_id", sa.BigInteger(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pass_id"],
            ["sync_pass.tenant_id", "sync_pass.id"],
            name="fk_pass_id_sync_pass",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sheet_proposal_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sheet_proposal")),
    )
    op.create_table(
        "sheet_row",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("pass_id", sa.BigInteger(), nullable=False),
        sa.Column("stamp", sa.Text(), nullable=False),
        sa.Column("row", sa.Text(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "pass_id"],
            ["sync_pass.tenant_id", "sync_pass.id"],
            name="fk_pass_id_sync_pass",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_sheet_row_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_sheet_row")),
    )
    op.create_index("ix_sheet_row_stamp", "sheet_row", ["tenant_id", "stamp"], unique=False)
    op.create_table(
        "template_match",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("task_id", sa.BigInteger(), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("template", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "task_id"], ["task.tenant_id", "task.id"], name="fk_task_id_task", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_template_match_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_template_match")),
        sa.UniqueConstraint(
            "tenant_id", "task_id", "template", name=op.f("uq_template_match_tenant_id_task_id_template")
        ),
    )
    op.create_table(
        "occurrence",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("assignment_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("status_word", sa.Text(), nullable=False),
        sa.Column("behind", sa.Boolean(), nullable=False),
        sa.Column("percent", sa.Numeric(), nullable=True),
        sa.Column("count", sa.Numeric(), nullable=True),
        sa.Column("completed_on", sa.Date(), nullable=True),
        sa.Column("reported_on", sa.Date(), nullable=True),
        sa.Column("progress", sa.Text(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("revs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("rev", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "status IN ('not_started', 'in_progress', 'done', 'ongoing', 'cancelled')",
            name=op.f("ck_occurrence_status"),
        ),
        sa.CheckConstraint("count >= 0", name=op.f("ck_occurrence_count")),
        sa.CheckConstraint("percent BETWEEN 0 AND 100", name=op.f("ck_occurrence_percent")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "assignment_id"],
            ["assignment.tenant_id", "assignment.id"],
            name="fk_assignment_id_assignment",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_occurrence_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_occurrence")),
        sa.UniqueConstraint(
            "tenant_id", "assignment_id", "period", name=op.f("uq_occurrence_tenant_id_assignment_id_period")
        ),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_occurrence_tenant_id_key")),
    )
    op.create_table(
        "round",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("plan_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("units", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('sending', 'sent')", name=op.f("ck_round_state")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "plan_id"], ["plan.tenant_id", "plan.id"], name="fk_plan_id_plan", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_round_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_round")),
        sa.UniqueConstraint("tenant_id", "key", name=op.f("uq_round_tenant_id_key")),
    )
    op.create_table(
        "packet",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("round_id", sa.BigInteger(), nullable=False),
        sa.Column("unit_id", sa.BigInteger(), nullable=False),
        sa.Column("copy", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id", "round_id"], ["round.tenant_id", "round.id"], name="fk_round_id_round", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["tenant_id", "unit_id"], ["unit.tenant_id", "unit.id"], name="fk_unit_id_unit", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_packet_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_packet")),
        sa.UniqueConstraint("tenant_id", "copy", name=op.f("uq_packet_tenant_id_copy")),
    )
    op.create_table(
        "packet_return",
        sa.Column("tenant_id", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("packet_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("file", sa.Text(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("edits", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("corrected", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("pass_key", sa.Text(), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("reply_file", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "packet_id"],
            ["packet.tenant_id", "packet.id"],
            name="fk_packet_id_packet",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_packet_return_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_packet_return")),
        sa.UniqueConstraint("tenant_id", "version", "content", name=op.f("uq_packet_return_tenant_id_version_content")),
    )


def downgrade() -> None:
    op.drop_table("packet_return")
    op.drop_table("packet")
    op.drop_table("round")
    op.drop_table("occurrence")
    op.drop_table("template_match")
    op.drop_index("ix_sheet_row_stamp", table_name="sheet_row")
    op.drop_table("sheet_row")
    op.drop_table("sheet_proposal")
    op.drop_table("sheet_part")
    op.drop_table("sheet_note")
    op.drop_table("sheet_header")
    op.drop_index("ix_sheet_edit_stamp", table_name="sheet_edit")
    op.drop_table("sheet_edit")
    op.drop_table("sheet_base")
    op.drop_index("ix_quota_task", table_name="quota")
    op.drop_table("quota")
    op.drop_index("ix_deadline_task", table_name="deadline")
    op.drop_table("deadline")
    op.drop_index("ix_assignment_unit", table_name="assignment")
    op.drop_table("assignment")
    op.drop_index("ix_task_plan", table_name="task")
    op.drop_table("task")
    op.drop_index("ix_sync_pass_rest", table_name="sync_pass")
    op.drop_index("ix_sync_pass_parent", table_name="sync_pass")
    op.drop_table("sync_pass")
    op.drop_index("uq_conflict_open", table_name="conflict", postgresql_where=sa.text("closed_by IS NULL"))
    op.drop_table("conflict")
    op.drop_table("unit_member")
    op.drop_table("section")
    op.drop_table("binding")
    op.drop_table("unit")
    op.drop_table("stamp_key")
    op.drop_table("status_word")
    op.drop_table("plan")
    op.drop_index("ix_change_revision", table_name="change")
    op.drop_index("ix_change_entity", table_name="change")
    op.drop_table("change")
    op.drop_table("tenant")
    op.drop_table("cross_tenant_use")
