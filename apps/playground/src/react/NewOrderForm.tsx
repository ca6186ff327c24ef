import { useMutation } from '@tanstack/react-query'
import { type SubmitEvent, useRef, useState } from 'react'
import { describeAdding } from '../shared/orderChanges.ts'
import { MAX_CUSTOMER, parseTotal, TOTAL_HINT, TOTAL_PATTERN } from '../shared/orders.ts'
import { addOrder } from '../shared/ordersMutation.ts'
import { TextField } from './TextField.tsx'

export function NewOrderForm() {
  const { mutate, ...state } = useMutation(addOrder)
  const [customer, setCustomer] = useState('')
  const [total, setTotal] = useState('')
  const first = useRef<HTMLInputElement>(null)

  function onSubmit(event: SubmitEvent) {
    event.preventDefault()
    if (state.isPending) return
    mutate(
      { customer, total: parseTotal(total) ?? 0 },
      {
        onSuccess() {
          setCustomer('')
          setTotal('')
          first.current?.focus()
        },
      },
    )
  }

  return (
    <form className="fields" aria-label="New order" onSubmit={onSubmit}>
      <TextField ref={first} label="Customer" value={customer} maxLength={MAX_CUSTOMER} onText={setCustomer} />
      <TextField
        label="Total"
        className="amount"
        value={total}
        inputMode="decimal"
        pattern={TOTAL_PATTERN}
        title={TOTAL_HINT}
        onText={setTotal}
      />
      <button type="submit" className="button primary" aria-disabled={state.isPending}>
        Add
      </button>
      <p className={state.isError ? 'problem small' : 'muted small'} role="status">
        {describeAdding(state)}
      </p>
    </form>
  )
}
