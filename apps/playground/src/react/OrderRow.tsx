import { useMutation } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import type { Order } from '../shared/contract.ts'
import { flash } from '../shared/flash.ts'
import { focusNextRow } from '../shared/focusNextRow.ts'
import { ORDER_STATUSES, type OrderStatus } from '../shared/orders.ts'
import { changeOrder } from '../shared/ordersMutation.ts'
import { TotalField } from './TotalField.tsx'

interface Props {
  order: Order
}

export function OrderRow({ order }: Props) {
  const { id, customer, total, status, version } = order
  const { mutate, isPending } = useMutation(changeOrder(id))
  const row = useRef<HTMLTableRowElement>(null)
  useEffect(() => flash(row.current, version), [version])

  return (
    <tr ref={row} role="row" data-version={version} data-saving={isPending || undefined}>
      <th role="rowheader" scope="row">
        {id}
      </th>
      <td role="cell" className="customer">
        <bdi>{customer}</bdi>
      </td>
      <td role="cell" className="total">
        <TotalField
          label={`Total of order ${id}`}
          total={total}
          onChange={(total) => mutate({ type: 'edit', id, fields: { total } })}
        />
      </td>
      <td role="cell" className={`progress is-${status}`}>
        <select
          value={status}
          aria-label={`Status of order ${id}`}
          onChange={({ target }) => mutate({ type: 'edit', id, fields: { status: target.value as OrderStatus } })}
        >
          {ORDER_STATUSES.map((name) => (
            <option key={name}>{name}</option>
          ))}
        </select>
      </td>
      <td role="cell" className="remove">
        <button
          type="button"
          aria-label={`Remove order ${id}`}
          onClick={({ currentTarget }) => {
            focusNextRow(currentTarget)
            mutate({ type: 'remove', id })
          }}
        >
          ×
        </button>
      </td>
    </tr>
  )
}
