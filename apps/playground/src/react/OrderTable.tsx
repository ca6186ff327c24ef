import type { Order } from '../shared/contract.ts'
import { OrderRow } from './OrderRow.tsx'

interface Props {
  orders: readonly Order[]
  /** Whether they tell nothing of now. */
  isOld: boolean
}

// The roles say again what the elements say, as a narrow page lays them out as something else.
export function OrderTable({ orders, isOld }: Props) {
  return (
    <table className={isOld ? 'order-table stale' : 'order-table'} role="table" aria-labelledby="orders-title">
      <thead role="rowgroup">
        <tr role="row">
          {['Order', 'Customer', 'Total', 'Status'].map((title) => (
            <th key={title} role="columnheader" scope="col">
              {title}
            </th>
          ))}
          <th role="columnheader" scope="col">
            <span className="hidden">Remove</span>
          </th>
        </tr>
      </thead>
      <tbody role="rowgroup">
        {orders.map((order) => (
          <OrderRow key={order.id} order={order} />
        ))}
        {orders.length === 0 && (
          <tr role="row">
            <td role="cell" className="none" colSpan={5}>
              There are no orders. Add the first one below.
            </td>
          </tr>
        )}
      </tbody>
    </table>
  )
}
