import { problemOf } from './ask.ts'
import type { Order, OrderFields } from './contract.ts'

/** What somebody does to an order. */
export type OrderChange = { type: 'edit'; id: string; fields: Partial<OrderFields> } | { type: 'remove'; id: string }

/** What has become of a change: the part of a mutation's state that tells. */
export interface ChangeState {
  status: 'idle' | 'pending' | 'error' | 'success'
  variables: OrderChange | undefined
  error: Error | null
}

/** The orders as they will be if the server takes what is on its way. */
export function showChanges(orders: readonly Order[], changes: readonly ChangeState[]): readonly Order[] {
  return changes.reduce(
    (shown, { status, variables }) => (status === 'pending' && variables ? apply(shown, variables) : shown),
    orders,
  )
}

function apply(orders: readonly Order[], change: OrderChange): readonly Order[] {
  if (change.type === 'remove') return orders.filter(({ id }) => id !== change.id)
  return orders.map((order) => (order.id === change.id ? { ...order, ...change.fields } : order))
}

/** The orders after the server has taken a change: of an order that somebody has changed since, the newer version stays. */
export function acceptChange(
  orders: readonly Order[],
  change: OrderChange,
  answer: Order | undefined,
): readonly Order[] {
  if (!answer) return apply(orders, change)
  return orders.map((order) => (order.id === answer.id && order.version < answer.version ? answer : order))
}

/** Says why the last change was not taken, where it was not. */
export function describeRefusal(changes: readonly ChangeState[]): string | undefined {
  const { status, variables, error } = changes.at(-1) ?? {}
  if (status !== 'error' || !variables) return undefined
  return `Order ${variables.id} was not ${variables.type === 'remove' ? 'removed' : 'changed'}: ${problemOf(error)}`
}

/** Says what has become of the order that was added last. */
export function describeAdding({ data, error }: { data: Order | undefined; error: Error | null }): string {
  if (error) return `Not added: ${problemOf(error)}`
  return data ? `Order ${data.id} added.` : ''
}
