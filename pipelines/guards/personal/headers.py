"""What a header says: that below it stand numbers or names of persons, days of birth, figures, areas or firms.

A header is evidence whatever the values look like: numbers may be masked, shortened or mistyped. Headers come in the
one spelling of `canonical`.
"""

import re

_B, _E = r"(?<![^\W_])", r"(?![^\W_])"
_ROLE = (
    "pasient|klient|elev|bruker|deltaker|deltager|person|beboer|søker|respondent|individ|mottaker|tjenestemottaker"
    "|stønadsmottaker|ansatt|arbeidstaker|barn|barne|student|innbygger|medlem|leietaker|leiar|leier|bosatt|flyktning"
    "|patient|client|pupil|participant|employee|resident|tenant|member|søkar|mottakar|deltakar|brukar|debitor|kunde"
    "|gjest|frivillig|besøkende|påmeldt|foresatt|forelder|far|mor|mamma|pappa|verge|ektefelle|samboer|pårørende"
    "|guardian|parent|hovedsøker|medsøker|parthaver|part|sakspart|kontaktperson|eleven|barnet|arvelater|siktet|fornærmet"
    "|avdøde|borger|soker|medsoker|hovedsoker|parorende|guest|child|student|kandidat|pas|lærling|rekrutt|informant|intervjuobjekt|testperson|candidate"
    "|fosterforeldre|fosterforelder|fosterbarn|foreldre|hjemmelshaver|hjemmelshavar|innehaver|kortholder|eier|hvem"
    "|intervjuet|intervjuede|tolk|støttekontakt|avlaster|skyldner|låntaker|applicant|owner|volunteer"
)
_OWNER = rf"(?:(?:{_ROLE})(?:ens|ets|nes|s|es|as)?[ _-]?)?"
_OF_WHOM = (
    r"(?:[ _-]*(?:\([^()]*\)|[0-9]+|barn|barnet|elev|foresatt|forelder|mor|far|søker|medsøker|ektefelle|11 siffer))*"
)

# The numbers that the state gives to persons, alone or one of two: Fødselsnummer/D-nummer, Født/personnr, fnr_bruker.
_NR = "n(?:umme)?r(?:et)?"
_NUMBER = (
    rf"(?:fødsels?[ _-]*{_NR}|foedsels?{_NR}|fodsels?{_NR}|f[.]?[ _-]?{_NR}"
    rf"|pers(?:on)?[. _-]{{0,2}}{_NR}|p[.]nr|d[ _-]?{_NR}|duf[ _-]*(?:{_NR}|id)?|h[ -]{_NR}"
    rf"|(?:felles[ -]?)?hjelpe{_NR}|fh[ -]?{_NR}|(?:person[ -]?)?ident(?:itets)?[ -]?{_NR}|personident(?:ifikator)?"
    r"|national id(?:entity)?(?: number| no)?"
    r"|(?:social security|personal id(?:entity)?|identity|birth)[ -]?(?:number|no)"
    rf"|ssn|pass(?:port)?[ -]?{_NR}|passport (?:number|no)|folkeregister[ -]?(?:ident(?:ifikator)?|id|{_NR}))[.:]?"
)
_HIDDEN = r"(?:fullt|norsk|gyldig|kryptert|hashet|pseudonym|maskert|skjult|sladdet)"
_BESIDES = r" ?(?:/|,|&|\bog\b|\beller\b|\band\b|\bor\b|-og) ?"
NUMBERS = re.compile(
    rf"\W*(?:{_HIDDEN}[ _-]?)?{_OWNER}(?:[0-9] )?"
    rf"(?:(?:fødsels(?:dato)?-?|født|f[.]?dato){_BESIDES})?{_NUMBER}(?:{_BESIDES}(?:fødselsdato|{_NUMBER}))*"
    rf"(?:[ _-]*(?:\([^()]*\)|[0-9]+|11 siffer|hash\w*|{_ROLE}))*\W*",
    re.IGNORECASE,
)
# Of a property the same letters are the number of a ground lease.
PROPERTY = re.compile(
    r"\W*(?:gnr|bnr|gårdsn(?:umme)?r|bruksn(?:umme)?r|snr|seksjonsn(?:umme)?r|gnr[/ ]bnr)\W*", re.IGNORECASE
)

FIRST_NAME = re.compile(
    rf"\W*{_OWNER}(?:for|føre|mellom)na[vm]n(?:et)?{_OF_WHOM}\W*|first[ _]?name|given[ _]?name", re.IGNORECASE
)
LAST_NAME = re.compile(
    rf"\W*{_OWNER}(?:etter|slekts|familie)na[vm]n(?:et)?{_OF_WHOM}\W*|last[ _]?name|surname|family[ _]?name",
    re.IGNORECASE,
)
# Only persons have such a name.
PERSONS_NAME = re.compile(
    rf"\W*(?:(?:{_ROLE})(?:ens|ets|nes|s|es|as|e)?[ _-]?(?:na[vm]n|name)|fullt?[ _]na[vm]n|full[ _]?name"
    rf"|navn på (?:{_ROLE})\w*"
    rf"|for-? ?og etternavn|etternavn,? (?:og )?fornavn|personnavn){_OF_WHOM}\W*",
    re.IGNORECASE,
)
# A person stands here, or a group of them, or somebody that got money.
ROLE = re.compile(rf"\W*(?:{_ROLE})(?:en|et|e|er|mer|ene|ne|s)?{_OF_WHOM}\W*", re.IGNORECASE)
# Whoever answers for a table or a case in an office has a role too, and is no person of a register.
ANSWERS = re.compile(r"\W*kontakt\w*\W*", re.IGNORECASE)
NAME = re.compile(rf"{_B}(?:navn|name|namn|foresatt\w*|kontaktperson|pårørende){_E}", re.IGNORECASE)

BIRTH = re.compile(
    r"fødsels?dat|fødselsdag|\bf[.]?\s?dato|født(?!e|\s+(?:i|utenfor|utenlands|av|på)\b)|\bfødd\b|birth\s?da"
    r"|date of birth|\bborn\b|\bdob\b|foedselsdato|fodselsdato|\bf[.]\s?dag",
    re.IGNORECASE,
)
WHERE = re.compile(r"adress|postnr|postnummer|post\s?code|zip|poststed|\bstreet\b|bopel|\bbor\b", re.IGNORECASE)
# Days that somebody did something with the table, the area or a case.
OTHER_DAYS = re.compile(
    r"oppdater|publiser|endret|uttrekk|hentet|gyldig|valid|updat|changed|releas|version|versjon|fetched|tilsyn"
    r"|kontroll|inspe"
    r"|start|slutt|ferdig|frist|vedtak|møte|besøk|hendelse|ulykke|siste|sist|første|søkt|mottatt|bosatt"
    r"|registrert|åpn|inn|ut"
    r"|fra|til|opprett|avslutt|betal|tildel|levert|målt|måling|arrangement|periode|vedtatt|innflyt|due|end"
    r"|event|meldt|sendt|stift|etabler|grunnlagt|fredet|vernet|bygget|bygd|innviet|anlagt|kunngjort|avlest|tinglyst"
    r"|gjennomført|utført|avholdt|arrangert|avduk|plantet|neste|i ?kraft|i drift|i bruk|fangst|anskaff|kjøpt"
    r"|produsert|produksjon|monter|installer|skiftet|service"
    r"|godkjent|prøve|avtale|kontrakt|opphør|forfall|faktura|bilag|bestilt|journal|isen|revider|opprinnelig",
    re.IGNORECASE,
)
# A day of whatever it is: it takes more to be one of birth.
SOME_DAY = re.compile(r"\W*(?:dato|date|dag|day|tid|time|tidspunkt|når)\W*", re.IGNORECASE)

# Whoever has a column of these made something that everybody may read, hear or see, or has a street called after him.
AUTHOR = re.compile(
    r"\W*(?:forfattere?|artist|kunstner|komponist|author|regissør|foredragsholder|utøver|skulptør|billedhugger|arkitekt"
    r"|tekstforfatter|illustratør|oversetter|fotograf|foto|regi|manus|redaktør|kurator|dirigent|musiker|solist|innleder"
    r"|oppkalt etter|til minne om|avbildet|motiv)\W*",
    re.IGNORECASE,
)
# A number that stands on somebody's car.
PLATE = re.compile(
    r"kjennemerke|bilskilt|skilt|reg(?:istrerings)?[. ]{0,2}n(?:umme)?r|licen[cs]e plate|\bbil\b", re.IGNORECASE
)
# What nobody but a person is asked.
ASKED = re.compile(r"\b(?:du|deg|din|ditt|dine|you|your)\b.*\?", re.IGNORECASE)
# A code or number of a row, which tells nothing of it.
CODE = re.compile(r"\W*(?:kode|id|nr|no|n(?:umme)?r|ref|code|key|nøkkel|l(?:ø|o)penr)?[.]?\W*", re.IGNORECASE)

# A number that only a person's case has.
IDENTIFIER = re.compile(
    rf"{_B}(?:(?:{_ROLE}|subject)[\s_.-]*(?:id(?:ent)?|n(?:umme)?r|no|number|kode|løpen(?:umme)?r|ref)"
    r"|svar[\s_.-]*id|resp(?:on(?:s|se|dent)?)?[\s_.-]*(?:id|n(?:umme)?r|no)?|respondent"
    r"|(?:hush|husstand|hushold|husholdning|familie|household|family)s?[\s_.-]*(?:id|n(?:umme)?r|no))" + _E,
    re.IGNORECASE,
)
# A number of a case, which may be a project's or a person's.
CASE = re.compile(
    rf"{_B}(?:løpe?n(?:umme)?r|lnr|journaln(?:umme)?r|(?:saks?|journal|case|vedtaks?|melding[s]?)[\s_.-]*"
    rf"(?:id(?:ent)?|n(?:umme)?r|no|number|kode|ref)){_E}",
    re.IGNORECASE,
)
DESCRIBING = re.compile(
    r"\s*(?:[^\W\d_]+s\s)?(?:alder|kj(?:ø|o|oe)nn|f(?:ø|o|oe)deland|f(?:ø|o|oe)dsels(?:år|aar|ar|måned|mnd)"
    r"|f[.] ?(?:år|mnd)[.]?|født (?:år|mnd|måned)|landbakgrunn|statsborger\w*|nasjonalitet|nasj[.]|opprinnelsesland"
    r"|relasjon|rolle|boform"
    r"|sivil(?:stand|status)"
    r"|diagnose\w*|yrke|utdanning|utdanningsnivå|inntekt\w*|lønn|formue|gjeld|religion|morsmål|botid"
    r"|sykmeld\w*|sykemeld\w*"
    r"|ytelse|stilling|arbeidsgiver|antall barn|vekt|høyde|age|sex|gender|marital\w*|occupation|income"
    r"|diagnosis|nationality"
    r"|country of birth|birth year|year of birth|education)\s*(?:ved \w+\s*)?(?:\([^()]*\)\s*)?",
    re.IGNORECASE,
)
# These describe a post, a pay scale or a tree as well.
OF_POSTS = re.compile(
    r"\s*(?:yrke|utdanning|utdanningsnivå|inntekt\w*|lønn|formue|gjeld|stilling|arbeidsgiver|vekt|høyde|rolle|occupation"
    r"|income|education)\s*(?:\([^()]*\)\s*)?",
    re.IGNORECASE,
)
# What grows, is driven or is thrown away has an age, a height and a weight too.
OBJECT = re.compile(
    rf"{_B}(?:art|treart|treslag|tre|sort|dyr\w*|fraksjon|kjøretøy\w*|modell|materiale|avfall\w*|species){_E}",
    re.IGNORECASE,
)
# Days on which something happened to a place lie as far apart as those on which people were born.
EVENT = re.compile(
    rf"{_B}(?:hendelse\w*|ulykke\w*|skade\w*|brann\w*|flom\w*|skred\w*|utrykning\w*|arrangement){_E}", re.IGNORECASE
)
CLASS = re.compile(r"\s*(?:trinn|klasse|klassetrinn|gruppe|basisgruppe|grade|class)\s*", re.IGNORECASE)
# Amounts of one person: they describe him, and are no figure of an area.
AMOUNT = re.compile(r"inntekt|lønn|formue|gjeld|income|vekt|høyde|antall barn", re.IGNORECASE)
FIGURE = re.compile(
    r"antall|andel|prosent|pct|%|sum|verdi|value|count|share|rate|personer|i alt|total|median|gjennomsnitt"
    r"|per 1|teller|nevner"
    r"|snitt|mean|average|indeks|index|besvart|innbyggere|befolkning|population|bærere",
    re.IGNORECASE,
)
QUESTION = re.compile(r"\s*(?:spm|spørsmål|sp|q|question|item|v|var|svar)[ _.]?[0-9]+\w?\s*[.:]?.*", re.IGNORECASE)
# Numbers that say where and when, not how many.
PLACE_OR_TIME = re.compile(
    r"(?<![^\W_])(?:\w*(?:kode|nummer|nr|krets|sone|kommune|bydel|område)|code|region|fylke|geografi|skole|id"
    r"|dato|date|periode|period|år|year|måned|month|kvartal|quarter|uke|week)(?![^\W_])",
    re.IGNORECASE,
)
AREA = re.compile(
    r"krets|delområde|område|sone|bydel|kommunedel|region|geografi|area|unit|district|\bsted\b", re.IGNORECASE
)
# What has a project, a place of work or an indicator in each row has no person in it.
THING = re.compile(
    r"prosjekt|project|indikator|indicator|tiltakets|formål|ramme|budsjett|regnskap|kilde|tiltak(?!s)|tema"
    r"|emne|tittel|title|vedlikehold"
    r"|anlegg|gate|vei\b|arrangement|aktivitet|variabel",
    re.IGNORECASE,
)
# What comes and goes in an archive is a letter; what is mended has a number as well.
LETTER = re.compile(
    rf"{_B}(?:avsender|journaldato|journalpost|dokument(?:type|tittel|dato)?|sakstittel|mottaker/avsender|plan(?:navn|id)"
    rf"|plan-id|feil(?:type|kode|sted|melding)?|prioritet|utbedret|løst|meldekanal|modul){_E}",
    re.IGNORECASE,
)
# What is dealt with in meetings of a board, or put right in an office, has a number and is no person's case.
MEETING = re.compile(
    rf"{_B}(?:utvalg|møte(?:dato|dag|nr|sak)?|styresak|arkivsak|saksframlegg|vedtaksorgan|politisk\w*"
    rf"|avvik\w*|hms\w*|pålegg|internkontroll){_E}",
    re.IGNORECASE,
)
# Whoever has these is a firm, an association or an institution.
FIRM = re.compile(
    rf"{_B}(?:virksomhet\w*|bedrift\w*|firma\w*|leverandør\w*|org(?:anisasjons?)?[. _-]*n(?:umme)?r|orgnr"
    rf"|organisasjon\w*|utsalgssted"
    rf"|operatør|tilbyder|entreprenør|driftsoperatør|arrangør|drives av|tilsynsobjekt|kontrollobjekt"
    rf"|serveringssted\w*|foretak\w*|selskap\w*|institusjon\w*|company|organi[sz]ation|skjenkested\w*|butikk){_E}",
    re.IGNORECASE,
)
# These as well, where each stands once; else it is where a person goes.
INSTITUTION = re.compile(
    rf"{_B}(?:(?:skole|barnehage|sykehjem|forening|lag|klubb|enhet|lokale|anlegg|arena|bygg|omsorgssenter"
    rf"|bibliotek|tjenestested"
    r"|kirke|museum|legekontor|apotek|holdeplass|stasjon|kontor|avdeling|etat|seksjon|tjeneste|servicesenter)"
    rf"s?(?:ens|ets)?(?:navn)?|school|kindergarten|office|department){_E}",
    re.IGNORECASE,
)

# Whoever has these is a building, with an address of its own.
BUILDING = re.compile(
    rf"{_B}(?:bygg(?:et|ets)?(?:navn)?|bygning(?:sn(?:umme)?r|snavn|stype)?|byggeår|bta|gnr|bnr|matrikkeln(?:umme)?r"
    rf"|lokalitet|kulturminne\w*|verne(?:type|status|klasse)|fredet|etasjer|bruksenheter|boenheter|energi(?:merke"
    rf"|karakter)|oppvarming\w*|bruksareal|grunnflate|tomteareal){_E}",
    re.IGNORECASE,
)
# A plan, a road or an instrument has an address where nobody lives.
SITE = re.compile(
    rf"{_B}(?:plan(?:navn|område)?|reguleringsplan\w*|måle(?:sted|punkt|stasjon|r)|tellepunkt|strekning\w*|parsell"
    rf"|trasé|trase|veistrekning|vegstrekning|holdeplass\w*|kryss|punkt|posisjon|trafostasjon|ladestasjon\w*){_E}",
    re.IGNORECASE,
)
# What a municipality looks after along its streets: nobody lives there, whatever the address.
STRUCTURE = re.compile(
    rf"{_B}(?:lekeplass\w*|returpunkt\w*|hydrant\w*|brannkum\w*|kum|sluk|mast|lyspunkt\w*|gatelys\w*|pumpestasjon\w*"
    r"|målestasjon\w*|trafo\w*|nettstasjon\w*|stemmelokale\w*|valglokale\w*|monument\w*|skulptur\w*|minnesmerke\w*"
    r"|statue\w*|toalett\w*|container\w*|(?:brøyte)?rode\w*|lade(?:punkt|stasjon|uttak)\w*|uttak|p-hus"
    r"|parkering(?:splass|shus|sanlegg|sone)\w*|bysykkel\w*|badeplass\w*|friområde\w*|idrettsanlegg\w*|ballbinge\w*"
    r"|tilfluktsrom\w*|hjertestarter\w*|tunnel\w*|rundkjøring\w*|gangfelt\w*|støyskjerm\w*|strøkasse\w*|bru|bro"
    r"|holdeplass\w*|busstopp\w*|stoppested\w*|gravetillatelse\w*|renovasjonsanlegg|vannpost\w*|fontene\w*"
    rf"|l/s|l/min|db|lden|lux|ådt|årsdøgntrafikk|km/t|fartsgrense|watt|effekt){_E}",
    re.IGNORECASE,
)
# Why something is done at an address tells of whoever lives there.
REASON = re.compile(r"årsak|begrunnelse|behov|\bgrunn\b|helse|reason", re.IGNORECASE)
# What has a number of eight digits or more and cannot be called.
THING_NUMBER = re.compile(
    rf"{_B}(?:måler\w*|målepunkt\w*|serien\w*|serie|inventar\w*|artikkel\w*|vare\w*|konto\w*|faktura\w*|bilag\w*"
    rf"|ordre\w*|kid|ip|ip-adresse|mac|versjon|prosjekt\w*|avtale\w*|bygnings?n\w*|sensor\w*|objekt\w*|veieseddel){_E}",
    re.IGNORECASE,
)
# What something has by which a row is told: its number or its name. What stands before is whose.
NUMBERED = re.compile(
    r"\W*([^\W\d_]{3,}?)s?[ ._-]*(?:id|n(?:umme)?r|no|na[vm]n|name)(?:et)?\W*(?:\([^()]*\))?$", re.IGNORECASE
)
# Persons and their cases, cards and homes have numbers too, and these tell nothing of what a row is.
NUMBERED_ANYHOW = re.compile(
    rf"(?:.*(?:{_ROLE})(?:en|et|e|s|es|ens|ets)?|sak|.*saks?|.*journal|.*vedtak|løpe?|melding|hendelse|henvendelse|søknad"
    r"|klage|ordre|mappe|referanse|ref|rad|linje|serie|skjema|.*kort|nøkkel|nøkkelboks|alarm|rom|seng|bolig|leilighet"
    r"|hus|husstand|hushold|familie|konto|faktura|bilag|kid|mobil|tele?fon|tlf|post|gate|vei|veg|adresse|før?e?|for|mellom|etter|slekts?"
    r"|full|kalle|kjæle|medlem|utlending|lisens|skap|plass|kø|prioritet|prioriterings|kjennemerke|reg"
    r"|registrerings?|skilt|gårds|bruks|.*måler|målepunkt|.*vakt|.*ansvarlig|.*leder|.*behandler|.*haver|.*eier|.*person|dato|oppdrag"
    r"|avtale|kontrakt|svar|resp|respons|kunde|abonn\w*|reskontro|debitor|bruker|user|case|record|first|last"
    r"|sur|family|given)s?$",
    re.IGNORECASE,
)
# What is measured of a thing, and never of a human being.
MEASURED = re.compile(
    rf"{_B}(?:m2|m²|m3|m³|kvm|kvadratmeter|daa|dekar|km|moh|[kmgt]?wh|[kmg]w|db|lden|bq|µg|tonn|liter|volum|areal|bra|bta"
    r"|p-rom|byggeår|årsmodell|modellår|anleggsår|driftsår|dimensjon|materiale|km-stand|kilometer\w*|ådt|fartsgrense"
    rf"|organisasjonsform|næringskode|naeringskode){_E}|[^\W\d_](?:areal|volum|kapasitet){_E}",
    re.IGNORECASE,
)
# Where something is that is no home.
LOCATION = re.compile(
    r"\W*(?:\w*eiendom(?:men|mer)?|lokasjon|lokalitet|plassering|beliggenhet|\w*anlegg|\w*station\w*|\w*stasjon"
    r"|bygård|gårdsbruk|næringsbygg|formålsbygg|tomt)\W*",
    re.IGNORECASE,
)
# Whatever stands here is said of something else.
REMARK = re.compile(
    r"^\W*$|merknad|kommentar|notat|beskrivelse|beskriv|fritekst|annet|info|tekst|kolonne|column|remark|comment|note"
    r"|innhold|hva\b|melding\b|\bgrunn\b|årsak",
    re.IGNORECASE,
)
# Words of human lives, in headers and in what stands below them: who somebody is, has, gets, needs or did.
HUMAN = re.compile(
    r"beboer|leietaker|leieforhold|leilighet(?!er)|\bsøker\b|klient|pasient|\bbruker|deltaker|\belev(?:en|er|ens)?\b"
    r"|\bbarn(?:et|ets|a)?\b|foresatt|pårørende|familie|husstand|hushold|enslig|forsørger|ektefelle|samboer|\bverge\b"
    r"|\bmor\b|\bfar\b|gravid|\bfødt\b|fødsels|\balder\b|kjønn\b|morsmål|tolk\b|flyktning|\bbosatt|statsborger"
    r"|nasjonalitet|diagnose|demens|diabetes|psyk|\bhelse\b|\bsyk(?:e|dom|meld\w*)?\b|medisin|insulin|pleie|\bstell\b|dusj"
    r"|diett|allergi|rullestol|rullator|hjelpemid|funksjonsned|forflytn|(?<!brann)alarm(?:er|type)?\b|nøkkelb|matombring"
    r"|hjemmehjelp|hjemmesyk|hjemmetjeneste|omsorgs(?!bolig|senter)|bistand|støttekontakt|avlastning|sosialhjelp|stønad"
    r"|\bytelse|bostøtte|uføre|trygd\b|restanse|skyldig|gjeld\b|\bpurr|inkasso|utkastelse|fravik|\bvold\b|trusler"
    r"|overgrep|mobbing|svikt\b|\brus\b|rusmiddel|narko|alkohol|\bhasj|bekymring|\bmelder\b|anmeldt|siktet|fengsel"
    r"|innvilge|henvis(?:t|ning)|vansker\b|adhd|autisme|asperger|dysleksi|logoped|\butredning|fravær|\bsamtale\b|\bsamvær|fosterhjem|selvskad|\bskilsmisse|\bdødsfall|enke(?:mann)?\b|\bhjelp\b",
    re.IGNORECASE,
)
# What is decided of somebody who asked for it.
DECIDED = re.compile(r"vedtak\b|iverksatt|innvilget|\bplassert|tildelt timer", re.IGNORECASE)
# Whoever has this office is known to all.
ELECTED = re.compile(
    r"\W*(?:vara)?(?:ordfører|statsråd|byråd(?:sleder)?|statsminister|stortingsrepresentant|fylkesordfører)\W*",
    re.IGNORECASE,
)
# The letters of somebody's name.
INITIALS = re.compile(r".*\binitial(?:er|ene|s)?\b.*", re.IGNORECASE)
FAMILY = re.compile(r"\W*(?:familien?|ringeklokke|dørskilt)\W*", re.IGNORECASE)
PARTY = re.compile(r"\W*parti(?:et|navn)?\W*", re.IGNORECASE)
OFFICE = re.compile(
    r"\W*(?:verv|utvalg|organ|råd|komité|representant(?:type)?|listeplass|valgdistrikt)\W*", re.IGNORECASE
)
# The number of those counted, as a short word.
COUNT = re.compile(r"\W*(?:n|tal|frekvens|freq|obs|mengde)\W*", re.IGNORECASE)
# How often something stands in a list of what is most used.
RANK = re.compile(r"\W*(?:rang|rangering|plassering|plass|topp|rank)\W*", re.IGNORECASE)
# Municipalities and counties, one to a row.
BODY = re.compile(rf"{_B}(?:kommune|kommunenavn|fylke|fylkeskommune|municipality|county){_E}", re.IGNORECASE)

# What a form asks of somebody, as a cell with the answer beside it. For RE2.
LABEL = (
    r"(?i)^(?:(?:barnets|elevens|søkers|brukers|deltakers|pasientens|klientens)? ?(?:navn|namn|name|fornavn|etternavn"
    r"|fullt navn)"
    r"|født|fødd|f[.]? ?dato|fødselsdato|fødselsn(?:umme)?r[.]?|personn(?:umme)?r[.]?|fnr[.]?|adresse|bosted|bopel"
    r"|telefon|tlf[.]?|mobil|søker|elev|deltaker|pasient|klient|bruker|beboer|foresatt|barn|barnet|mor|far|leietaker"
    r"|sivil(?:stand|status)|kjønn|alder|nasjonalitet|statsborgerskap|applicant|date of birth)[ .]*:?$"
)

# Headers that only a register has, as a cell within a table: another table begins below it. For RE2.
WITHIN = (
    r"(?i)^(?:f[.]?nr[.]?|fødselsn(?:umme)?r[.]?|personn(?:umme)?r[.]?|pers[.]?nr[.]?|d-?n(?:umme)?r"
    r"|duf-?n(?:umme)?r|født|f[.]? ?dato"
    r"|fødselsdato|fornavn|etternavn|navn|name|elev|elevnavn|deltaker|pasient|klient|bruker|beboer|søker"
    r"|mottaker|foresatt|barn"
    r"|barnets navn|adresse|telefon|tlf[.]?|mobil)$"
)
