"""The words of the overview pages that are no labels of codes or forms. Heads of narrow columns say where they may break."""

MONTHS = {
    "fi": ("tammikuu", "helmikuu", "maaliskuu", "huhtikuu", "toukokuu", "kesäkuu", "heinäkuu", "elokuu", "syyskuu", "lokakuu",
           "marraskuu", "joulukuu"),
    "sv": ("januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"),
}  # fmt: skip
WEEKDAYS = {"fi": ("ma", "ti", "ke", "to", "pe", "la", "su"), "sv": ("må", "ti", "on", "to", "fr", "lö", "sö")}
DAY_STATES = {
    "fi": {
        "present": "paikalla", "partial": "paikalla osan päivää", "absent": "poissa", "not_arranged": "ei järjestetty",
        "rescheduled": "siirretty toiselle päivälle", "unreported": "ei ilmoitettu",
    },
    "sv": {
        "present": "närvarande", "partial": "närvarande en del av dagen", "absent": "frånvarande", "not_arranged": "inte ordnad",
        "rescheduled": "flyttad till en annan dag", "unreported": "inte rapporterad",
    },
}  # fmt: skip
JUSTIFIED = {
    "fi": {"justified": "perusteltu", "unjustified": "ei perusteltu", "undetermined": "perustelu avoinna"},
    "sv": {"justified": "motiverad", "unjustified": "inte motiverad", "undetermined": "motiveringen öppen"},
}
STEPS = {
    "fi": {
        "referred": "Ohjattu palveluun", "case_opened": "Asia avattu", "decided": "Päätös", "revoked": "Päätös kumottu",
        "agreed": "Sopimus alkoi", "agreement_ended": "Sopimus päättyi", "plan": "Suunnitelma", "started": "Palvelu alkoi",
        "paused": "Palvelu tauolla", "resumed": "Palvelu jatkui", "ended": "Palvelu päättyi", "assessed": "Arviointi",
        "measured": "Mittaus",
    },
    "sv": {
        "referred": "Hänvisad till service", "case_opened": "Ärendet öppnat", "decided": "Beslut", "revoked": "Beslutet upphävt",
        "agreed": "Avtalet började", "agreement_ended": "Avtalet upphörde", "plan": "Plan", "started": "Servicen började",
        "paused": "Servicen i avbrott", "resumed": "Servicen fortsatte", "ended": "Servicen upphörde", "assessed": "Bedömning",
        "measured": "Mätning",
    },
}  # fmt: skip
ENDS = {
    "fi": {"agreement": "Sopimus päättyy", "decision": "Päätös päättyy", "service-relationship": "Palvelu päättyy",
           "plan": "Suunnitelma tarkistetaan"},
    "sv": {"agreement": "Avtalet upphör", "decision": "Beslutet upphör", "service-relationship": "Servicen upphör",
           "plan": "Planen ses över"},
}  # fmt: skip
PLAN_KINDS = {
    "fi": {"client_plan": "asiakassuunnitelma", "implementation_plan": "toteuttamissuunnitelma"},
    "sv": {"client_plan": "klientplan", "implementation_plan": "genomförandeplan"},
}
DECISION_KINDS = {
    "fi": {"client": "Asiakkaan päätös", "purchase": "Ostopalvelupäätös"},
    "sv": {"client": "Klientens beslut", "purchase": "Beslut om köpt service"},
}
WORDS = {
    "fi": {
        "client": "Asiakkaan tilannekuva", "unit": "Yksikön tilannekuva", "as_of": "Tilanne {day}", "born": "synt. {day}",
        "turvakielto": "Turvakielto: asiakkaan olinpaikkaa ei saa kertoa kenellekään.",
        "glance": "Yhdellä silmäyksellä", "attended_share": "Suunnitelluista päivistä läsnä",
        "absences": "Poissaolot", "justified_absences": "{justified} perusteltua, {unjustified} perustelematta",
        "undetermined": "{count} avoinna", "unreported": "Ilmoit\u00adta\u00admatta",
        "ends_next": "Seuraavaksi päättyy", "nothing_ends": "Ei tiedossa päättyvää",
        "attendance": "Läsnäolo, viimeiset 12 kuukautta", "planned": "Suun\u00adni\u00adtel\u00adlut", "attended": "Läsnä", "absent": "Poissa",
        "share": "Osuus", "month": "Kuukausi", "legend": "Merkit",
        "not_justified": "kulmamerkki: ei perusteltu", "reasons": "Poissaolojen syyt", "reason": "Syy", "count": "Päiviä",
        "latest_absences": "Viimeisimmät poissaolot", "day": "Päivä", "state": "Läsnäolo", "justification": "Perus\u00adtelu",
        "no_days": "Läsnäoloja ei ole kirjattu.", "in_figures": "Kuukaudet lukuina",
        "ratings": "Arviointien kehitys", "no_ratings": "Arvosanoja ei ole vielä annettu.", "scale": "asteikko {least}–{most}",
        "now": "Nyt", "change": "muutos {change}", "no_change": "ei muutosta",
        "measurements": "Mittausten kehitys", "no_measurements": "Verrattavia mittauksia ei vielä ole.",
        "measure": "Mitattu", "then_value": "Ennen", "now_value": "Nyt", "improvement": "Muutos", "not_compared": "ei verrata",
        "goals": "Tavoitteet", "no_goals": "Voimassa olevia tavoitteita ei ole kirjattu.", "set_on": "asetettu {day}",
        "evaluated": "Arvio {day}", "by_client": "asiakas: {what}", "by_professional": "ammattilainen: {what}",
        "not_evaluated": "Ei vielä arvioitu.", "diary": "Työmaapäiväkirja, viimeisimmät", "no_diary": "Merkintöjä ei ole.",
        "unconfirmed": "työpaikan merkintä, vahvistamatta", "from_workplace": "työpaikan merkintä",
        "responsible": "Palvelut ja vastuutyöntekijät", "no_relationships": "Palveluja ei ole.", "provider": "Tuottaja",
        "responsible_organiser": "Vastuutyöntekijä, järjestäjä", "responsible_provider": "Vastuutyöntekijä, tuottaja",
        "own_worker": "Omatyöntekijä", "period": "Voimassa",
        "paused": "Tauolla", "until_further": "toistaiseksi", "in_force": "Voimassa nyt", "agreements": "Sopimukset",
        "decisions": "Päätökset", "none_in_force": "Ei voimassa olevia.", "path": "Polku tähän asti",
        "no_path": "Polusta ei ole vielä merkintöjä.", "clients": "Asiakkaita", "services": "Palveluittain", "service": "Palvelu",
        "calendar": "Päivittäin", "missing": "Ilmoittamatta", "none_missing": "Kaikki suunnitellut päivät on ilmoitettu.",
        "client_name": "Asiakas", "minutes": "Minuutteja", "calendar_picture": "Läsnä ja poissa päivittäin",
        "change_note": "Ero on muutos, ei osoitus vaikutuksesta.",
    },
    "sv": {
        "client": "Lägesbild av klienten", "unit": "Lägesbild av enheten", "as_of": "Läget {day}", "born": "född {day}",
        "turvakielto": "Spärrmarkering: klientens vistelseort får inte uppges för någon.",
        "glance": "Med en blick", "attended_share": "Närvarande av planerade dagar",
        "absences": "Frånvaro", "justified_absences": "{justified} motiverade, {unjustified} utan motivering",
        "undetermined": "{count} öppna", "unreported": "Inte rap\u00adpor\u00adte\u00adrade",
        "ends_next": "Upphör härnäst", "nothing_ends": "Inget känt som upphör",
        "attendance": "Närvaro, de senaste 12 månaderna", "planned": "Pla\u00adne\u00adrade", "attended": "När\u00adva\u00adrande", "absent": "Från\u00adva\u00adrande",
        "share": "Andel", "month": "Månad", "legend": "Tecken",
        "not_justified": "hörnmärke: inte motiverad", "reasons": "Orsaker till frånvaro", "reason": "Orsak", "count": "Dagar",
        "latest_absences": "Senaste frånvaro", "day": "Dag", "state": "Närvaro", "justification": "Moti\u00advering",
        "no_days": "Ingen närvaro har antecknats.", "in_figures": "Månaderna i siffror",
        "ratings": "Hur bedömningarna har utvecklats", "no_ratings": "Inga betyg har getts ännu.", "scale": "skala {least}–{most}",
        "now": "Nu", "change": "förändring {change}", "no_change": "ingen förändring",
        "measurements": "Hur mätningarna har utvecklats", "no_measurements": "Det finns ännu inga mätningar att jämföra.",
        "measure": "Mätt", "then_value": "Då", "now_value": "Nu", "improvement": "Föränd\u00adring",
        "not_compared": "jämförs inte", "goals": "Mål", "no_goals": "Inga gällande mål har antecknats.", "set_on": "satt {day}",
        "evaluated": "Bedömning {day}", "by_client": "klienten: {what}", "by_professional": "yrkespersonen: {what}",
        "not_evaluated": "Inte bedömt ännu.", "diary": "Arbetsdagboken, senaste", "no_diary": "Det finns inga anteckningar.",
        "unconfirmed": "arbetsplatsens anteckning, obekräftad", "from_workplace": "arbetsplatsens anteckning",
        "responsible": "Tjänster och ansvariga", "no_relationships": "Det finns inga tjänster.", "provider": "Producent",
        "responsible_organiser": "Ansvarig, anordnaren", "responsible_provider": "Ansvarig, producenten",
        "own_worker": "Egen kontaktperson", "period": "Gäller",
        "paused": "I avbrott", "until_further": "tills vidare", "in_force": "I kraft nu", "agreements": "Avtal",
        "decisions": "Beslut", "none_in_force": "Inga i kraft.", "path": "Vägen hittills",
        "no_path": "Det finns ännu inga anteckningar om vägen.", "clients": "Klienter", "services": "Per tjänst", "service": "Tjänst",
        "calendar": "Per dag", "missing": "Inte rapporterade", "none_missing": "Alla planerade dagar har rapporterats.",
        "client_name": "Klient", "minutes": "Minuter", "calendar_picture": "Närvarande och frånvarande per dag",
        "change_note": "En skillnad är en förändring, inte bevis på en effekt.",
    },
}  # fmt: skip
