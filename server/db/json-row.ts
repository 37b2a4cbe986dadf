/** A table's row out of what `to_json` makes of it: for a statement that has one such row beside many others. Knows no table. */
import { getTableColumns, type InferSelectModel } from 'drizzle-orm'
import type { PgTable } from 'drizzle-orm/pg-core'

/** Reads `to_json(row)::text` as a select of all columns gives it. For tables of texts, numbers, booleans and instants alone; throws for any other. */
export function jsonRow<T extends PgTable>(table: T): (json: string) => InferSelectModel<T> {
  const columns = Object.entries(getTableColumns(table)).map(([key, { name, dataType }]) => {
    if (!/^(string|number|boolean|date)$/.test(dataType)) throw new Error(`${name} is not to be read from JSON`)
    return { key, name, isInstant: dataType === 'date' }
  })
  return (json) => {
    const told = JSON.parse(json) as Record<string, unknown>
    const row: Record<string, unknown> = {}
    for (const { key, name, isInstant } of columns) {
      const value = told[name]
      row[key] = isInstant && typeof value === 'string' ? new Date(value) : value
    }
    return row as InferSelectModel<T>
  }
}
