import { useMutationState, useQuery } from '@tanstack/react-query'
import { useLiveStatus } from '@tidewire/react/query'
import { useRef } from 'react'
import { describeLoadFailure, describeOrders } from '../shared/describeOrders.ts'
import { type ChangeState, describeRefusal, showChanges } from '../shared/orderChanges.ts'
import { changeKey } from '../shared/ordersMutation.ts'
import { ordersKey, ordersQuery } from '../shared/ordersQuery.ts'
import { NewOrderForm } from './NewOrderForm.tsx'
import { OrderTable } from './OrderTable.tsx'
import { StatusLine } from './StatusLine.tsx'
import { useHeir } from './useHeir.ts'
import { useSteady } from './useSteady.ts'

export function OrdersCard() {
  const { data, error, errorUpdateCount, isFetching, refetch } = useQuery(ordersQuery)
  const changes = useMutationState({
    filters: { mutationKey: changeKey },
    select: ({ state }) => state as ChangeState,
  })
  const live = useSteady(useLiveStatus(ordersKey))
  const isOld = live.status === 'offline' || live.status === 'stale'
  const title = useRef<HTMLHeadingElement>(null)
  const heir = useHeir(title)

  return (
    <section className="card orders" aria-labelledby="orders-title">
      <div className="card-head">
        <div>
          <h2 ref={title} id="orders-title" tabIndex={-1}>
            Orders
          </h2>
          <p className="muted small">
            Fetched once, then kept as the server has them. Change one here, and watch another window.
          </p>
        </div>
        <StatusLine description={describeOrders(live, data !== undefined)} />
      </div>
      <p className="problem small" role="alert">
        {describeRefusal(changes)}
      </p>
      {data ? (
        <OrderTable orders={showChanges(data, changes)} isOld={isOld} />
      ) : (
        <div className={error ? 'notice bad' : 'notice'}>
          <p role="alert">{error && `The orders could not be loaded: ${describeLoadFailure(error)}`}</p>
          {!error && <p>Loading the orders</p>}
          {/* It stays while they are loaded again, so that the focus does. */}
          {errorUpdateCount > 0 && (
            <button
              ref={heir}
              type="button"
              className="button"
              aria-disabled={isFetching}
              onClick={() => isFetching || void refetch()}
            >
              Load them again
            </button>
          )}
        </div>
      )}
      <NewOrderForm />
    </section>
  )
}
