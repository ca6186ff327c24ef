import type { NewOrder, OrderFields } from '../src/shared/contract.ts'
import { formatTotal } from '../src/shared/format.ts'
import { isOrderStatus, MAX_CUSTOMER, MAX_TOTAL, ORDER_STATUSES } from '../src/shared/orders.ts'
import { HTTPFailure } from './http.ts'

const UNPRINTABLE = /[\p{Cc}\p{Cs}\p{Bidi_Control}]/u

/** Reads an order that somebody wants to add. Throws an `HTTPFailure` for what is none. */
export function readNewOrder(body: unknown): NewOrder {
  const { customer, total } = fieldsOf(body)
  const trimmed = typeof customer === 'string' ? customer.normalize().trim() : ''
  if (trimmed === '' || trimmed.length > MAX_CUSTOMER || UNPRINTABLE.test(trimmed)) {
    throw invalid(`The customer has to be one line of 1 to ${MAX_CUSTOMER} characters.`)
  }
  return { customer: trimmed, total: readTotal(total) }
}

/** Reads what of an order is to be changed. Throws an `HTTPFailure` for what makes no sense. */
export function readOrderFields(body: unknown): Partial<OrderFields> {
  const { total, status } = fieldsOf(body)
  if (total === undefined && status === undefined) throw invalid('Expected `total` or `status`.')
  if (status !== undefined && !isOrderStatus(status))
    throw invalid(`The status is one of ${ORDER_STATUSES.join(', ')}.`)
  return { ...(total !== undefined && { total: readTotal(total) }), ...(status !== undefined && { status }) }
}

function readTotal(total: unknown): number {
  if (typeof total === 'number' && Number.isSafeInteger(total) && total >= 0 && total <= MAX_TOTAL) return total
  throw invalid(`A total is from ${formatTotal(0)} to ${formatTotal(MAX_TOTAL)}.`)
}

function fieldsOf(body: unknown): Record<string, unknown> {
  return (body ?? {}) as Record<string, unknown>
}

function invalid(message: string): HTTPFailure {
  return new HTTPFailure(400, 'invalid', message)
}
