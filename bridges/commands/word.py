"""`zwgk sheet word`: the words by which an agency's units say how far they are."""

import click

from core.commands.output import echo_json, echo_table, json_option, tenant_option
from core.plans.vocabulary import forget_word, read_words, teach_word
from core.plans.words import Status, status_word
from core.runtime import Runtime, with_app
from tenants.sessions import tenant_session


@click.command("word")
@click.argument("word", metavar="词", required=False)
@click.argument("meaning", metavar="状态", required=False)
@tenant_option
@click.option("--forget", metavar="词", help="不再使用这个词。")
@json_option
@with_app
def sheet_word(
    runtime: Runtime, word: str | None, meaning: str | None, tenant: str, forget: str | None, as_json: bool
) -> None:
    """教系统认识本单位的状态词，例如：zwgk sheet word --tenant T 搞定 已完成；不写词则列出已教的词。"""
    if word is not None and not (word.strip() and meaning):
        raise click.UsageError("请写明一个词，和它表示的状态。")
    with tenant_session(tenant, "office", "command") as session:
        if forget is not None:
            forget_word(session, forget, runtime.today)
        if word:
            teach_word(session, word, meaning, runtime.today)
        words = read_words(session)
    shown = [(word, status_word(Status.of(form))) for word, form in words.items()]
    if as_json:
        echo_json(
            [
                {"word": word, "status": form, "means": means}
                for (word, means), form in zip(shown, words.values(), strict=True)
            ]
        )
    elif shown:
        echo_table(("词", "表示"), shown)
    else:
        click.echo("还没有教过状态词。")
