/** What the types are good for: days are listed, a feed item is told by its resource_type, a set of values is known. */
import type { Client } from "openapi-fetch";
import type { components, paths } from "./walmu.js";

type Schemas = components["schemas"];

/** Every status has a heading; a status that the contract does not know does not compile. */
const HEADINGS: Record<Schemas["Attendance"]["status"], string> = {
  present: "Paikalla",
  partial: "Osan päivästä",
  absent: "Poissa",
  not_arranged: "Ei järjestetty",
  rescheduled: "Siirretty",
  voided: "Mitätöity",
};

export async function headings(api: Client<paths, "application/json">, agreement_id: string): Promise<string[]> {
  const { data } = await api.GET("/v1/attendance", { params: { query: { agreement_id, limit: 200 } } });
  return (data?.items ?? []).map((day) => `${day.date}: ${HEADINGS[day.status]}`);
}

/** The minutes of a day, or the days per week of a decision: the record follows from the kind of the item. */
export function figure(item: Schemas["Changes"]["items"][number]): number | undefined {
  switch (item.resource_type) {
    case "attendance":
      return item.record?.actual_minutes;
    case "decision":
      return item.record?.days_per_week;
    default:
      return undefined;
  }
}

// @ts-expect-error: no day is asleep
export const asleep: Schemas["Attendance"]["status"] = "asleep";

// @ts-expect-error: a day has a status
export const empty: Schemas["AttendanceLine"] = { agreement_id: "", date: "2026-10-05" };

export function wrong(item: Schemas["DecisionChange"]): unknown {
  // @ts-expect-error: a decision counts no minutes
  return item.record?.actual_minutes;
}
