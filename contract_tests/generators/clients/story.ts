/** A provider's life with the API, from its key to the auditor's view of it, through types made from the contract. */
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { importPKCS8, SignJWT } from "jose";
import createClient, { type Client } from "openapi-fetch";
import type { components, paths } from "./walmu.js";

type Schemas = components["schemas"];
/** Lists are to be had as CSV as well: this client reads JSON, and problem documents. */
type Json = "application/json" | "application/problem+json";
type Api = Client<paths, Json>;
type Party = { client_id: string; organisation_id: string; key: string; kid: string };
type Cast = { url: string; ids: Record<string, string>; parties: Record<string, Party> };

const cast = JSON.parse(readFileSync(argv[2] ?? "cast.json", "utf8")) as Cast;
const PRESENT: Schemas["AttendanceReplacement"] = { status: "present", actual_minutes: 240 };
const ABSENT: Schemas["AttendanceReplacement"] = { status: "absent", absence_reason: "own_illness" };

function known<T>(value: T | null | undefined, what: string): T {
  assert.ok(value !== undefined && value !== null, what);
  return value;
}

async function signIn(name: string): Promise<Api> {
  const party = known(cast.parties[name], name);
  const assertion = await new SignJWT({ act: { sub: "u-1", name: "Olli Ohjaaja" } })
    .setProtectedHeader({ alg: "ES256", kid: party.kid })
    .setIssuer(party.client_id)
    .setSubject(party.client_id)
    .setAudience(cast.url)
    .setIssuedAt()
    .setExpirationTime("1m")
    .setJti(randomUUID())
    .sign(await importPKCS8(party.key, "ES256"));
  const api = createClient<paths, Json>({ baseUrl: cast.url });
  const { data, error } = await api.POST("/oauth2/token", {
    headers: { "Content-Type": "application/x-www-form-urlencoded" },
    body: {
      grant_type: "client_credentials",
      client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
      client_assertion: assertion,
    },
  });
  const token = known(data, JSON.stringify(error)).access_token;
  api.use({
    onRequest({ request }) {
      request.headers.set("Authorization", `Bearer ${token}`);
      return request;
    },
  });
  return api;
}

async function agree(provider: Api): Promise<string> {
  const who = known((await provider.GET("/v1/whoami")).data, "whoami");
  assert.equal(who.role, "provider");
  assert.equal(who.acting_person?.name, "Olli Ohjaaja");
  const drafted = await provider.POST("/v1/agreements", {
    body: {
      decision_id: known(cast.ids["decision_id"], "decision"),
      service_relationship_id: known(cast.ids["service_relationship_id"], "relationship"),
      kind: "work_activity",
      place: { name: "Kotola, puutyöpaja" },
      instructors: [{ family_name: "Ohjaaja", given_names: "Olli" }],
      starts_on: "2026-09-01",
      ends_on: "2026-12-31",
      schedule: { type: "fixed", days: [{ weekday: 1, starts_at: "09:00", ends_at: "13:00" }] },
      absence_reporting: "Soita ennen klo 9.",
      source_id: randomUUID(),
    },
  });
  assert.equal(drafted.response.status, 201, JSON.stringify(drafted.error));
  const agreement_id = known(drafted.data, "draft").id;
  const signed = await provider.POST("/v1/agreements/{agreement_id}/sign", {
    params: { path: { agreement_id } },
    body: { signed_on: "2026-08-31", signatories: [{ party: "client", name: "Eeva Virtanen" }] },
  });
  assert.equal(signed.data?.status, "signed", JSON.stringify(signed.error));
  return agreement_id;
}

async function recordOneDay(provider: Api, agreement_id: string): Promise<string> {
  const address = "/v1/agreements/{agreement_id}/attendance/{date}";
  const path = { agreement_id, date: "2026-10-05" };
  const put = (body: Schemas["AttendanceReplacement"], etag?: string) =>
    provider.PUT(address, {
      params: etag === undefined ? { path } : { path, header: { "If-Match": etag } },
      body,
    });
  const first = await put(PRESENT);
  assert.deepEqual([first.response.status, first.response.headers.get("etag")], [201, '"1"']);
  const again = await put(PRESENT);
  assert.deepEqual([again.response.status, again.data?.version], [200, 1]);
  const without = await put(ABSENT);
  assert.deepEqual([without.response.status, without.error?.code], [428, "precondition-required"]);
  const changed = await put(ABSENT, '"1"');
  assert.deepEqual([changed.data?.status, changed.data?.version], ["absent", 2]);
  const stale = await put(PRESENT, '"1"');
  assert.deepEqual([stale.response.status, stale.error?.code], [412, "stale-version"]);
  const unchanged = await provider.GET(address, { params: { path, header: { "If-None-Match": '"2"' } } });
  assert.equal(unchanged.response.status, 304);
  const day = known((await provider.GET(address, { params: { path } })).data, "the day");
  assert.equal(day.absence_reason, "own_illness");
  return day.id;
}

async function justify(provider: Api, agreement_id: string): Promise<void> {
  const given = await provider.PUT("/v1/agreements/{agreement_id}/attendance/{date}/justification", {
    params: { path: { agreement_id, date: "2026-10-05" } },
    body: { reason: "own_illness", given_by: "client", given_on: "2026-10-06" },
  });
  assert.deepEqual([given.response.status, given.data?.state], [201, "given"]);
}

async function recordManyDays(provider: Api, agreement_id: string): Promise<void> {
  const lines: Schemas["AttendanceLine"][] = [
    { agreement_id, date: "2026-10-06", source_id: "d-6", ...PRESENT },
    { agreement_id, date: "2026-10-07", source_id: "d-7", ...ABSENT },
    { agreement_id, date: "2026-08-01", source_id: "early", ...PRESENT },
    { agreement_id, date: "2026-12-01", source_id: "future", ...PRESENT },
  ];
  const send = async (items: Schemas["AttendanceLine"][]): Promise<Schemas["BatchOutcome"]> => {
    const answer = known((await provider.POST("/v1/attendance-batches", { body: { items } })).data, "the batch");
    assert.ok("outcomes" in answer, "a job only where it was asked for (Prefer: respond-async)");
    return answer;
  };
  const outcome = await send(lines);
  assert.deepEqual(outcome.counts, { created: 2, updated: 0, unchanged: 0, rejected: 2 });
  const refused = outcome.outcomes.filter((line) => line.outcome === "rejected");
  assert.deepEqual(
    refused.map((line) => [line.source_id, line.problems?.[0]?.code]),
    [["early", "day-outside-agreement"], ["future", "day-in-future"]],
  );
  assert.equal((await send(lines.slice(0, 2))).counts.unchanged, 2);
}

async function listDays(provider: Api, agreement_id: string): Promise<void> {
  const days: Schemas["Attendance"][] = [];
  let cursor: string | null = null;
  do {
    const query: { agreement_id: string; limit: number; cursor?: string } = { agreement_id, limit: 2 };
    if (cursor !== null) query.cursor = cursor;
    const page: Schemas["AttendancePage"] = known(
      (await provider.GET("/v1/attendance", { params: { query } })).data,
      "a page of days",
    );
    days.push(...page.items);
    cursor = page.next_cursor;
  } while (cursor !== null);
  const statuses = days.sort((a, b) => a.date.localeCompare(b.date)).map((day) => day.status);
  assert.deepEqual(statuses, ["absent", "present", "absent"]);
}

async function followChanges(provider: Api, agreement_id: string, id: string): Promise<void> {
  const read = async (cursor?: string) => {
    const params = cursor === undefined ? {} : { query: { cursor } };
    return known((await provider.GET("/v1/changes", { params })).data, "a page of the feed");
  };
  const seen: Schemas["Changes"]["items"] = [];
  let page = await read();
  while (page.more) {
    seen.push(...page.items);
    page = await read(page.next_cursor);
  }
  seen.push(...page.items);
  const changes = seen.filter((item) => item.resource_id === id).map((item) => item.change);
  assert.deepEqual(changes, ["created", "updated"]);
  await provider.PUT("/v1/agreements/{agreement_id}/attendance/{date}", {
    params: { path: { agreement_id, date: "2026-10-05" }, header: { "If-Match": '"2"' } },
    body: PRESENT,
  });
  const fresh = (await read(page.next_cursor)).items.find((item) => item.resource_type === "attendance");
  assert.deepEqual([fresh?.version, fresh?.record?.status], [3, "present"]);
}

async function keepApart(agreement_id: string): Promise<void> {
  const other = await signIn("provider_b");
  const path = { agreement_id };
  const refused = await other.GET("/v1/agreements/{agreement_id}", { params: { path } });
  assert.deepEqual([refused.response.status, refused.error?.code], [404, "not-found"]);
  assert.deepEqual((await other.GET("/v1/attendance")).data?.items, []);
}

async function audit(provider: Party): Promise<void> {
  const auditor = await signIn("auditor");
  assert.equal((await auditor.GET("/v1/clients")).response.status, 403);
  const query = { client_id: known(cast.ids["client_id"], "client"), organisation_id: provider.organisation_id };
  const page = known((await auditor.GET("/v1/use-log", { params: { query } })).data, "the use log");
  const names = new Set(page.items.map((row) => row.person?.name));
  assert.deepEqual(names, new Set(["Olli Ohjaaja"]));
}

const provider = await signIn("provider_a");
const agreement = await agree(provider);
const day = await recordOneDay(provider, agreement);
await recordManyDays(provider, agreement);
await listDays(provider, agreement);
await justify(provider, agreement);
await followChanges(provider, agreement, day);
await keepApart(agreement);
await audit(known(cast.parties["provider_a"], "provider"));
console.log("The story holds");
