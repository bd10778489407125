"""Mistakes in files that people write, in German and as the readers of those files say them.

What stands in braces is taken over; `{more}` is a mistake in itself, said in German as well.
"""

from serving.pages.words.both import Both

FRAMES: tuple[Both, ...] = (
    Both("Lebenszyklus: {more}", "lifecycle.toml: {more}"),
    Both("Regeln: {more}", "rules.toml: {more}"),
    Both("Version {number} des Lebenszyklus: {more}", "version {number} of the lifecycle: {more}"),
    Both("Version {number} der Regeln: {more}", "version {number} of the rules: {more}"),
    Both("ist kein TOML: {more}", "is not TOML: {more}"),
    Both("{more} (Zeile {line}, Spalte {column})", "{more} (at line {line}, column {column})"),
    Both("{more} (am Ende)", "{more} (at end of document)"),
    Both("Zeile {line}: {more}", "line {line}: {more}"),
    Both("Anwendungsfall '{name}': {more}", "use case '{name}': {more}"),
    Both("Weg {way}: {more}", "transition {way}: {more}"),
    Both("Ansicht '{name}': {more}", "view '{name}': {more}"),
    Both("Benachrichtigung '{name}': {more}", "alert '{name}': {more}"),
    Both("Regel '{name}': {more}", "rule '{name}': {more}"),
    Both("{key}: {more}", "{key}: {more}"),
)
"""Of what surrounds a mistake, the first that fits."""

MISTAKES: tuple[Both, ...] = (
    # TOML.
    Both(
        "nach einem Wert muss eine neue Zeile beginnen",
        "Expected newline or end of document after a statement",
    ),
    Both("nach einem Namen muss = stehen", "Expected '=' after a key in a key/value pair"),
    Both(
        "am Ende einer Überschrift muss ] stehen",
        "Expected ']' at the end of a table declaration",
    ),
    Both(
        "am Ende einer Überschrift muss ]] stehen",
        "Expected ']]' at the end of an array declaration",
    ),
    Both("hier steht kein Wert; Texte stehen in Anführungszeichen", "Invalid value"),
    Both("hier steht weder ein Name noch eine Überschrift", "Invalid statement"),
    Both("so kann kein Name beginnen", "Invalid initial character for a key part"),
    Both("das ist kein Datum", "Invalid date or datetime"),
    Both("das ist kein hexadezimaler Wert", "Invalid hex value"),
    Both("eine Liste ist nicht geschlossen; es fehlt ]", "Unclosed array"),
    Both("es fehlt }", "Unclosed inline table"),
    Both("ein Text ist nicht geschlossen; es fehlt ein Anführungszeichen", "Unterminated string"),
    Both("vor \\ muss in einem Text noch ein \\ stehen", "Unescaped '\\' in a string"),
    Both("das Zeichen {sign} darf hier nicht stehen", "Illegal character {sign}"),
    Both("das steht schon weiter oben", "Cannot overwrite a value"),
    Both("{name} steht zweimal da", "Cannot declare {name} twice"),
    Both("{name} steht schon weiter oben", "Cannot redefine namespace {name}"),
    Both("{name} steht zweimal da", "Duplicate inline table key {name}"),
    Both("Listen sind zu tief verschachtelt", "lists are nested too deeply"),
    # Any document.
    Both(
        "den Namen '{key}' gibt es nicht; ist '{other}' gemeint?",
        "unknown key '{key}'; did you mean '{other}'?",
    ),
    Both(
        "den Namen '{key}' gibt es nicht; es gibt {others}",
        "unknown key '{key}'; known are {others}",
    ),
    Both(
        "den Namen '{key}' gibt es nicht; dort steht nichts",
        "unknown key '{key}'; nothing is known there",
    ),
    Both("'{key}' fehlt", "key '{key}' is missing"),
    Both("es kann mehrere geben; schreiben Sie {key}", "there may be several; write {key}"),
    Both("muss ein Text sein", "Input should be a valid string"),
    Both("muss eine Zahl sein", "Input should be a valid number"),
    Both("muss eine ganze Zahl sein", "Input should be a valid integer"),
    Both("muss true oder false sein", "Input should be a valid boolean"),
    Both("muss eine Liste sein", "Input should be a valid tuple"),
    Both("muss eine Tabelle sein", "Input should be a valid dictionary"),
    Both("muss eine endliche Zahl sein", "Input should be a finite number"),
    Both("muss mindestens {least} sein", "Input should be greater than or equal to {least}"),
    Both("darf höchstens {most} sein", "Input should be less than or equal to {most}"),
    Both("muss größer als {least} sein", "Input should be greater than {least}"),
    Both("muss kleiner als {most} sein", "Input should be less than {most}"),
    Both("muss eines sein von: {values}", "Input should be {values}"),
    Both("darf nicht leer sein", "String should have at least {count} character"),
    Both("darf höchstens {count} Zeichen haben", "String should have at most {count} characters"),
    Both(
        "darf nur Kleinbuchstaben, Ziffern und _ . - haben",
        "String should match pattern '{pattern}'",
    ),
    Both(
        "muss mindestens {count} Eintrag haben",
        "{kind} should have at least {count} item after validation, not {found}",
    ),
    Both(
        "{text} ist keine Dauer; schreiben Sie eine Zahl und h, d oder w, etwa '7d'",
        "{text} is not a duration; write a number and h, d or w, such as '7d'",
    ),
    Both(
        "{text} ist länger als hundert Jahre; lassen Sie es weg, wenn es immer gelten soll",
        "{text} is longer than a hundred years; leave it out for all of time",
    ),
    Both(
        "ist keine Währung nach ISO 4217; schreiben Sie etwa EUR",
        "is no currency of ISO 4217; write one such as EUR",
    ),
    # The lifecycle.
    Both(
        "'{name}' steht zweimal da; ein Name meint eine Stufe",
        "'{name}' is said twice; a name means one stage",
    ),
    Both(
        "'{name}' steht zweimal da; jeder braucht einen eigenen Namen",
        "'{name}' is there twice; give each its own name",
    ),
    Both(
        "die Benachrichtigung '{name}' steht zweimal da; jede braucht einen eigenen Namen",
        "alert '{name}' is there twice; give each its own name",
    ),
    Both(
        "kein Weg nach '{stage}' verlangt {criterion}; schreiben Sie es erst dorthin",
        "no transition to '{stage}' asks for {criterion}; write it there first",
    ),
    Both(
        "needs oder sla muss sagen, was für diese Leads anders vereinbart ist, oder model, was sie "
        "bewertet",
        "needs or sla must say what is agreed on otherwise for these leads, or model what scores "
        "them",
    ),
    Both(
        "'{address}' nennt kein registriertes Modell; schreiben Sie models:/name@alias oder "
        "models:/name/3",
        "'{address}' names no registered model; write models:/name@alias or models:/name/3",
    ),
    Both(
        "{count} verschiedene Modelle werden genannt, und höchstens {most} werden vorgehalten; "
        "lassen Sie einige dasselbe nehmen",
        "{count} different models are named, and at most {most} are kept; let some share one",
    ),
    Both(
        "es gibt kein [stages.{stage}]; fügen Sie es hinzu",
        "there is no [stages.{stage}]; add it",
    ),
    Both(
        "es gibt keinen Anwendungsfall '{name}'; fügen Sie ihn hinzu, oder lassen Sie ihn weg",
        "there is no use case '{name}'; add it, or leave it out",
    ),
    Both("die Stufe ist ein Ende; lassen Sie das weg", "the stage is an end; leave it out"),
    Both(
        "ein Besucher wird zum Lead, indem er sich zu erkennen gibt; lassen Sie das weg",
        "a visitor becomes a lead by telling who it is; leave it out",
    ),
    Both(
        "führt dorthin, wo er beginnt; lassen Sie '{stage}' bei from weg",
        "leads to where it begins; leave '{stage}' out of from",
    ),
    Both(
        "keine Stufe ist ein Ende; schreiben Sie end = true bei denen, nach denen nichts kommt",
        "no stage is an end; say end = true for those after which nothing comes",
    ),
    Both(
        "die Stufe '{stage}' ist ein Ende, und ein Weg führt weiter; lassen Sie eines davon weg",
        "stage '{stage}' is an end, and a transition leads on; leave one of them out",
    ),
    Both(
        "zur Stufe '{stage}' führt kein Weg; fügen Sie einen hinzu, oder lassen Sie sie weg",
        "stage '{stage}' is out of reach; add a transition to it, or leave it out",
    ),
    Both(
        "aus der Stufe '{stage}' führt kein Weg zu einem Ende; fügen Sie einen "
        "hinzu, oder schreiben Sie end = true",
        "stage '{stage}' is a dead end; add a transition, or say end = true",
    ),
    Both(
        "eine Regel ohne needs bewegt jeden Lead; schreiben Sie, was gelten muss",
        "a rule without needs moves every lead; say what must hold",
    ),
    Both(
        "eine Regel nennt keinen Grund; lassen Sie rule oder reasons weg",
        "a rule gives no reason; leave rule or reasons out",
    ),
    Both(
        "aus '{stage}' lernen Modelle, darum darf keine Regel nach einer Bewertung "
        "darüber entscheiden; lassen Sie rule weg, oder die Kriterien der Bewertung",
        "models learn from '{stage}', so a rule must not decide it by a score; leave rule "
        "out, or the criteria of the score",
    ),
    Both(
        "aus 'disqualified' führt eine Regel nur nach 'recycled'",
        "from 'disqualified' a rule leads to 'recycled' only",
    ),
    Both(
        "nach Regeln kämen und gingen Leads immerzu; schreiben Sie in_stage_at_least, etwa '30d'",
        "by rule leads would come and go; say in_stage_at_least, such as '30d'",
    ),
    Both(
        "eine Regel bewegt Leads nur vorwärts; lassen Sie rule weg, oder sie nach 'recycled' "
        "führen",
        "a rule moves leads forward only; leave rule out, or let it lead to 'recycled'",
    ),
    Both(
        "probability_below darf nicht größer sein als das probability_at_least von {way}, sonst "
        "kämen und gingen Leads immerzu",
        "probability_below must not be greater than the probability_at_least of {way}, or leads "
        "would come and go",
    ),
    Both(
        "die Ansicht '{name}' von {stages}: die davor nehmen alle; schieben Sie sie nach oben",
        "view '{name}' of {stages}: views before it take all; move it up",
    ),
    Both(
        "keine Regel führt nach '{stage}'; nennen Sie die Stufe, durch die Regeln "
        "Leads übergeben, oder schreiben Sie rule bei einem Weg dorthin",
        "no rule leads to '{stage}'; name the stage by which rules hand leads over, "
        "or add rule to a transition there",
    ),
    Both(
        "cost_of_call muss kleiner sein als value_of_conversion, sonst lohnt sich kein Anruf",
        "cost_of_call must be less than value_of_conversion, or no call ever pays",
    ),
    Both(
        "probability_below muss größer sein als probability_at_least, sonst gilt es nie",
        "probability_below must be greater than probability_at_least, or it never holds",
    ),
    Both(
        "nichts ist zugesagt; fügen Sie [sla] hinzu, oder lassen Sie die Benachrichtigung weg",
        "nothing is promised; add [sla], or leave the alert out",
    ),
    Both(
        "zu {stage} ist nichts zugesagt; fügen Sie [sla.stages.{again}] hinzu",
        "nothing is promised of {stage}; add [sla.stages.{again}]",
    ),
    Both(
        "after gehört zu sla_broken; wann gewarnt wird, sagt der Anteil warn_at",
        "after is of sla_broken; the share warn_at says when a warning is",
    ),
    Both("from muss eine schlechtere Klasse sein als to", "from must be a worse grade than to"),
    Both(
        "schreiben Sie hours und stages, dort oder in [sla]",
        "write hours and stages, there or in [sla]",
    ),
    # Business hours.
    Both(
        "{text} ist keine Geschäftszeit; schreiben Sie '30min', '8h', oder '16h' für "
        "zwei Tage von acht Stunden",
        "{text} is no time in business hours; write '30min', '8h', or '16h' for two "
        "days of eight hours",
    ),
    Both("{time} ist mehr als ein Jahr an Geschäftszeit", "{time} is more than a year of hours"),
    Both(
        "'{name}' ist keine Zeitzone; ist '{other}' gemeint?",
        "'{name}' is no time zone; did you mean '{other}'?",
    ),
    Both(
        "'{name}' ist keine Zeitzone; schreiben Sie etwa Europe/Berlin",
        "'{name}' is no time zone; known are {others}",
    ),
    Both(
        "'{name}' ist kein Land nach ISO 3166; schreiben Sie etwa DE oder DE-BY",
        "'{name}' is no country of ISO 3166; write one such as DE, or DE-BY",
    ),
    Both(
        "'{part}' ist keine Region von {country}; ist '{other}' gemeint?",
        "'{part}' is no region of {country}; did you mean '{other}'?",
    ),
    Both(
        "'{part}' ist keine Region von {country}; es gibt {others}",
        "'{part}' is no region of {country}; known are {others}",
    ),
    Both(
        "{text} sind keine Stunden eines Tages; schreiben Sie '09:00-17:00'",
        "{text} are no hours of a day; write '09:00-17:00'",
    ),
    Both(
        "{text} muss nach dem Beginn enden, spätestens um 24:00",
        "{text} must end after it begins, at 24:00 at the latest",
    ),
    Both(
        "Stunden eines Tages dürfen sich nicht überschneiden; schreiben Sie sie der Reihe nach",
        "hours of a day must not overlap; write them in order",
    ),
    Both(
        "kein Tag hat Stunden; schreiben Sie etwa monday = '09:00-17:00'",
        "no day has hours; write one such as monday = '09:00-17:00'",
    ),
    Both(
        "{text} ist kein Tag; schreiben Sie '2026-05-15', '12-24' für jedes Jahr, "
        "oder zwei wie '12-24..01-01'",
        "{text} is no day; write '2026-05-15', '12-24' for every year, or two such "
        "as '12-24..01-01'",
    ),
    Both(
        "{text} muss nach dem Beginn enden, innerhalb eines Jahres",
        "{text} must end after it begins, within a year",
    ),
    Both(
        "mehr als die Hälfte jedes Jahres ist geschlossen; lassen Sie etwas weg",
        "more than half of every year is closed; leave some out",
    ),
    # The rules.
    Both(
        "points = 0 ändert nie etwas; lassen Sie die Regel weg",
        "points = 0 never matters; leave the rule out",
    ),
    Both(
        "below muss größer sein als at_least, sonst gilt die Regel nie",
        "below must be greater than at_least, or the rule never fires",
    ),
    Both(
        "braucht eine Bedingung: one_of = [..], oder at_least und/oder below, oder missing = true",
        "needs one condition: one_of = [..], or at_least and/or below, or missing = true",
    ),
    Both(
        "'{name}' ist nichts für Regeln; schreiben Sie 'count' und within",
        "operator '{name}' is not for rules; use 'count' and within",
    ),
    Both(
        "'{name}' braucht within, etwa within = '30d'",
        "operator '{name}' needs within, such as within = '30d'",
    ),
    Both(
        "braucht eine Bedingung: at_least und/oder below, etwa at_least = 1",
        "needs a condition: at_least and/or below, such as at_least = 1",
    ),
    Both("muss steigen: 0 < mal < mql < sql", "must ascend: 0 < mal < mql < sql"),
    Both("at_sql muss größer sein als at_zero", "at_sql must be greater than at_zero"),
    Both(
        "es gibt keine Regel; schreiben Sie mindestens eine [fit.<id>] oder [behaviour.<id>]",
        "there is no rule; write at least one [fit.<id>] or [behaviour.<id>]",
    ),
    Both(
        "'{field}' ist in einer anderen Regel eine Zahl; schreiben Sie at_least und "
        "below, oder überall one_of",
        "'{field}' is a number in another rule; use at_least and below for it, or "
        "one_of everywhere",
    ),
    # Lists of leads.
    Both("es wurde keine Datei gewählt; wählen Sie eine", "no file was chosen; choose one"),
    Both(
        "enthält eine E-Mail-Adresse; schreiben Sie einen Namen, der keine Person nennt",
        "holds an e-mail address; write a name of no person",
    ),
    Both(
        "enthält eine E-Mail-Adresse; das darf ein Profil nicht",
        "holds an e-mail address; a profile must not",
    ),
    Both(
        "enthält eine E-Mail-Adresse; nehmen Sie sie als contact.email",
        "holds an e-mail address; send it as contact.email",
    ),
    Both("Trennzeichen sind , ; | und Tabulator", "a separator is one of , ; | and tab"),
    Both(
        "das ist keine Excel-Datei und hat keine Blätter",
        "this is no workbook, and has no sheets",
    ),
    Both(
        "es ist nicht klar, welches Blatt gemeint ist (es gibt: {names}); nennen Sie es",
        "the sheet to read is not certain (there are: {names}); say its name",
    ),
    Both(
        "ist kein UTF-8, andere Zeilen sind es; speichern Sie die Datei neu",
        "is no UTF-8, though other lines are; save it anew",
    ),
    Both(
        "ist kein Text in UTF-8, UTF-16 oder cp1252; speichern Sie sie als UTF-8",
        "is no text in UTF-8, UTF-16 or cp1252; save it as UTF-8",
    ),
    Both("es gibt mehr als {count} Spalten", "there are more than {count} columns"),
    Both(
        "es gibt mehr als {count} Zeilen; teilen Sie die Datei",
        "there are more than {count} rows; split the file",
    ),
    Both(
        "ein Wert in Anführungszeichen ist nicht geschlossen, geht danach weiter, "
        "oder ist länger als {count} Zeichen",
        "a quoted value is not closed, goes on after its closing quote, or is longer "
        "than {count} characters",
    ),
    Both(
        "enthält das Zeichen 0; speichern Sie die Datei als UTF-8",
        "holds the character 0; save the file as UTF-8",
    ),
    Both(
        "Werte können durch {signs} getrennt sein; sagen Sie, durch welches",
        "values may be separated by {signs}; say which as the separator",
    ),
    Both(
        "schreiben Sie eine Spalte als 'Überschrift=was daraus wird', oder als 'Überschrift='",
        "say a column as 'heading=what it becomes', or as 'heading='",
    ),
    Both(
        "aus einer Spalte kann nicht '{target}' werden; ist '{other}' gemeint?",
        "a column cannot become '{target}'; did you mean '{other}'?",
    ),
    Both(
        "aus einer Spalte kann nicht '{target}' werden; es gibt {others}",
        "a column cannot become '{target}'; known are {others}",
    ),
    Both(
        "es gibt keine Spalte '{name}'; ist '{other}' gemeint?",
        "there is no column '{name}'; did you mean '{other}'?",
    ),
    Both(
        "es gibt keine Spalte '{name}'; es gibt {others}",
        "there is no column '{name}'; known are {others}",
    ),
    Both(
        "die Spalte '{heading}' sagt nicht, wozu eingewilligt wurde; schreiben Sie "
        "'{again}=consent.profiling', wenn es Bewertungen dieses Leads sind, sonst "
        "'{still}='",
        "column '{heading}' does not tell what was consented to; say the column as "
        "'{again}=consent.profiling' if it is scores of this lead, else as '{still}='",
    ),
    Both(
        "keine Spalte sagt, wer ein Lead ist; sagen Sie, aus welcher eines davon wird: {names}",
        "no column tells who a lead is; say which becomes one of {names}",
    ),
    Both(
        "die Spalten '{one}' und '{other}' können beide {target} sein; lassen Sie "
        "eine weg, indem Sie '{again}=' schreiben",
        "columns '{one}' and '{other}' can both be {target}; leave one out by saying "
        "the column as '{again}='",
    ),
    Both(
        "die Spalte '{heading}' zählt nur die Zeilen; schreiben Sie "
        "'{again}=lead_id', wenn es Kennungen von Leads sind, sonst '{still}='",
        "column '{heading}' only counts the rows; say the column as "
        "'{again}=lead_id' if these are ids of leads, else as '{still}='",
    ),
    Both(
        "keine der ersten {count} Zeilen benennt Spalten von Leads; schreiben Sie "
        "Überschriften wie 'E-Mail' oder 'Firma' über die Werte, oder sagen Sie, "
        "welche Spalten es gibt",
        "none of the first {count} rows names columns of leads; write headings such "
        "as 'E-Mail' or 'Firma' above the values, or say which columns there are",
    ),
    Both("unter den Überschriften steht keine Zeile", "there is no row below the headings"),
    Both(
        "eine Überschrift ist länger als {count} Zeichen, oder kann nicht gezeigt werden",
        "a heading is longer than {count} characters, or cannot be shown",
    ),
    Both(
        "es ist kein Objekt darin, das etwas enthält",
        "there is no object in it that holds anything",
    ),
    Both(
        "hat seinen Anfang verloren, wie in einer Tabellenkalkulation; schreiben Sie sie mit "
        "ihrem Land, etwa +49 30 901820, in einer Spalte von Texten",
        "has lost its beginning, as in a spreadsheet; write it with its country, such as +49 30 "
        "901820, in a column of texts",
    ),
    Both(
        "braucht ihr Land, denn das der Zeile ist nicht Deutschland; schreiben Sie etwa "
        "+43 1 58858",
        "needs its country, since the row's is not Germany; write it as +43 1 58858",
    ),
    Both(
        "wurde von einer Tabellenkalkulation gekürzt; schreiben Sie die Nummer neu, in einer "
        "Spalte von Texten",
        "was shortened by a spreadsheet; write the number again, in a column of texts",
    ),
    Both(
        "enthält eine Liste, oder Objekte, die zu tief sind; machen Sie sie flach",
        "holds a list, or objects too deep; flatten it",
    ),
    Both("ist kein JSON-Objekt", "is no JSON object"),
    Both("ist kein JSON", "is no JSON"),
    Both(
        "enthält ein Zeichen, das keines ist; berichtigen Sie es",
        "holds a character that is none; correct it",
    ),
    Both("ist länger als {count} Zeichen", "is longer than {count} characters"),
    Both(
        "kann auf zwei Arten als Zahl gelesen werden; schreiben Sie sie ohne Tausendertrennzeichen",
        "can be read as two numbers; write it without a separator of thousands",
    ),
    Both(
        "ist keine ganze Zahl; berichtigen Sie sie, oder nehmen Sie die Spalte als "
        "anderes Feld des Profils",
        "is no whole number; correct it, or take the column as another profile field",
    ),
    Both(
        "ist weder ja noch nein; schreiben Sie ja, nein, yes, no oder x",
        "is neither yes nor no; write ja, nein, yes, no or x",
    ),
    Both(
        "ist kein Datum; schreiben Sie 2026-03-01, 01.03.2026 oder 01.03.2026 10:30",
        "is no date; write 2026-03-01, 01.03.2026 or 01.03.2026 10:30",
    ),
    Both(
        "liegt vor 1970; berichtigen Sie es, oder lassen Sie es weg",
        "lies before 1970; correct it or leave it out",
    ),
    Both("muss eine Zahl zwischen {range} sein", "must be a number between {range}"),
    Both(
        "gehört zu einem Ereignis; sagen Sie beides oder keines",
        "belongs to an event; say both of them or none",
    ),
    Both("liegt in der Zukunft; berichtigen Sie es", "lies in the future; correct it"),
    Both("liegt in der Zukunft", "lies in the future"),
    Both(
        "fehlt; sagen Sie, wann die Einwilligung der Spalte '{heading}' gegeben wurde",
        "is missing; say when the consent of column '{heading}' was given",
    ),
)
"""Of mistakes, the first that fits."""
