/** A field's arguments, made from coerced variables: compiled once. Knows no type of ours. */
import { type ArgumentNode, type GraphQLArgument, isNonNullType, Kind, type ValueNode, valueFromAST } from 'graphql'
import { Unplain } from './unplain.ts'

export type Values = Readonly<Record<string, unknown>>

/** Each argument is a variable, a constant, or left out. */
export function compileArguments(
  known: readonly GraphQLArgument[],
  nodes: readonly ArgumentNode[],
): ((variables: Values) => Record<string, unknown>) | null {
  const fixed: Record<string, unknown> = {}
  const entries: { name: string; variable: string; fallback: unknown; isRequired: boolean }[] = []
  for (const { name, type, defaultValue } of known) {
    const value = nodes.find((one) => one.name.value === name)?.value
    const isRequired = isNonNullType(type) && defaultValue === undefined
    if (!value) {
      if (defaultValue !== undefined) fixed[name] = defaultValue
    } else if (value.kind === Kind.VARIABLE) {
      entries.push({ name, variable: value.name.value, fallback: defaultValue, isRequired: isNonNullType(type) })
    } else {
      if (holdsVariable(value)) return null
      const constant = valueFromAST(value, type)
      if (constant === undefined) return null
      fixed[name] = constant
    }
    if (!value && isRequired) return null
  }
  return (variables) => {
    const args: Record<string, unknown> = { ...fixed }
    for (const { name, variable, fallback, isRequired } of entries) {
      if (!Object.hasOwn(variables, variable)) {
        if (fallback !== undefined) args[name] = fallback
        else if (isRequired) throw new Unplain()
        continue
      }
      const value = variables[variable]
      if (value === null && isRequired) throw new Unplain()
      args[name] = value
    }
    return args
  }
}

function holdsVariable(value: ValueNode): boolean {
  if (value.kind === Kind.LIST) return value.values.some(holdsVariable)
  if (value.kind === Kind.OBJECT) return value.fields.some((field) => holdsVariable(field.value))
  return value.kind === Kind.VARIABLE
}
