/** At most 80 columns. */
export const helpText = `groundwire: a publication's new items to its readers, each with its source.

  groundwire run       one pass, then exit: read the source, compose the day's
                       edition, deliver what is owed
      --date DAY         the edition of this day (2026-06-29); else today, or
                         the sample's latest day
      --channels a,b     only these now: email, feeds, bluesky, mastodon
      --approve          let the edition go without waiting for an editor
      --now              send all that waits at once, also what is spaced or in
                         quiet hours, or after a pause that a provider asked for
      --dry-run          show the plan, write nothing
  groundwire start     the worker: schedules, feeds, health; desk one port up
      --port N           default 4750
  groundwire preview   look at an edition in the browser; nothing leaves
      --date DAY  --port N

  groundwire status [EDITION]    who got what, what is owed, what is unknown
      --failed           only what did not arrive, and why
      --csv              one row a delivery, for a spreadsheet, with whole
                         addresses: keep it safe
  groundwire approve EDITION     let it go, or go on after a hold (also: resume)
  groundwire hold EDITION        nothing more of it leaves, also in the midst of
                                 sending, until it is approved (also: pause)
  groundwire cancel EDITION      end it; what has left has left
      --reason TEXT      for hold and cancel: shown wherever the edition is
  groundwire resolve DELIVERY|EDITION    settle what needs review:
      --sent             it has left
      --retry            try it anew; if it had left, it comes a second time
      --drop             give it up
      --reason TEXT      how you know

  groundwire correct ITEM-URL --note TEXT    tell every channel that an item was
                     put right, and how: posts, feeds, the next digest
  groundwire retract ITEM-URL    take an item back: delete its posts, never
      --reason TEXT              send it again, tell the next digest why
      --dry-run          for both: show what would leave, write nothing

  groundwire subscribers add ADDRESS --consent TEXT    TEXT: how they agreed
      --again            also somebody who left or was suppressed
      --frequency ID     the schedule they asked for, default daily
  groundwire subscribers remove ADDRESS    unsubscribe; the consent stays on
      --reason TEXT      record
  groundwire subscribers list    masked addresses, ids, states
  groundwire subscribers export  CSV with whole addresses: keep it safe
      --state STATE      for list and export: only active, unconfirmed,
                         unsubscribed or suppressed
  groundwire subscribers import FILE.csv   or - for standard input; a report by
                                           line, good lines go in
      --consent TEXT     how they agreed, for lines without a column consent
      --dry-run          the report alone, write nothing

  groundwire doctor    check configuration, source, store, credentials, DNS
      --send-to ADDRESS  and send one test mail
  groundwire migrate   bring the store up to date

Every command takes
      --source PLACE     an llms-full.txt, a feed (file or address), or a folder
                         of Markdown
      --data DIR         where everything is kept, default .groundwire
      --config FILE      default groundwire.config.ts, if there is one
      --json             one JSON object on standard output
  -h, --help   -v, --version

Exit codes: 0 done (also: nothing to do), 1 something owed could not be
delivered, the source could not be read, or a line could not be imported,
2 wrong use or configuration.
Without a configuration the bundled sample runs against a local outbox.
`
