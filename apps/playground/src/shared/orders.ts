/** How far an order can be, in order. */
export const ORDER_STATUSES = ['new', 'packed', 'shipped', 'delivered'] as const

export type OrderStatus = (typeof ORDER_STATUSES)[number]

/** Where the hub of the orders is. */
export const ORDERS_STREAM = '/_sse/orders'

/** The longest name of a customer, in characters. */
export const MAX_CUSTOMER = 40

/** The largest total that the server takes, in cents. */
export const MAX_TOTAL = 1_000_000

/** How many orders there are at once. */
export const MAX_ORDERS = 50

/** What a field for a total takes: `129`, `1,290.50`. The server says which of them are too large. */
export const TOTAL_PATTERN = String.raw`\d{1,3}(,?\d{3}){0,2}(\.\d{1,2})?`

/** What a browser says beside it. */
export const TOTAL_HINT = 'An amount, such as 129.00'

/** Reads an amount as it is written in a field, in cents; undefined where it is none. */
export function parseTotal(text: string): number | undefined {
  const trimmed = text.trim()
  return new RegExp(`^(?:${TOTAL_PATTERN})$`).test(trimmed)
    ? Math.round(Number(trimmed.replaceAll(',', '')) * 100)
    : undefined
}

export function isOrderStatus(value: unknown): value is OrderStatus {
  return (ORDER_STATUSES as readonly unknown[]).includes(value)
}
