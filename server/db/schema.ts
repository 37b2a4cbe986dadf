/** Every table of the product, for Drizzle and for the migrations. */
export * from './tables/credentials.ts'
export * from './tables/events.ts'
export * from './tables/pairings.ts'
export * from './tables/people.ts'
export * from './tables/policies.ts'
export * from './tables/sessions.ts'
export * from './tables/steering.ts'
