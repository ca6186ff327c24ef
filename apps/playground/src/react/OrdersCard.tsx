import { useMutationState, useQuery } from '@tanstack/react-query'
import { useLiveStatus } from '@tidewire/react/query'
import { describeLoadFailure, describeOrders } from '../shared/describeOrders.ts'
import { type ChangeState, describeRefusal, showChanges } from '../shared/orderChanges.ts'
import { changeKey } from '../shared/ordersMutation.ts'
import { ordersKey, ordersQuery } from '../shared/ordersQuery.ts'
import { NewOrderForm } from './NewOrderForm.tsx'
import { OrderTable } from './OrderTable.tsx'
import { useSteady } from './useSteady.ts'

export function OrdersCard() {
  const { data, error, isFetching, refetch } = useQuery(ordersQuery)
  const changes = useMutationState({
    filters: { mutationKey: changeKey },
    select: ({ state }) => state as ChangeState,
  })
  const live = useSteady(useLiveStatus(ordersKey))
  const { tone, label, detail, announcement } = describeOrders(live, data !== undefined)
  const isOld = live.status === 'offline' || live.status === 'stale'

  return (
    <section className="card orders" aria-labelledby="orders-title">
      <div className="card-head">
        <div>
          <h2 id="orders-title">Orders</h2>
          <p className="muted small">
            Fetched once, then kept as the server has them. Change one here, and watch another window.
          </p>
        </div>
        <div className={`connection tone-${tone}`}>
          <span className="hidden" role="status">
            {announcement}
          </span>
          <span className="status">{label}</span>
          <span className="detail muted small">{detail}</span>
        </div>
      </div>
      <p className="problem small" role="alert">
        {describeRefusal(changes)}
      </p>
      {data ? (
        <OrderTable orders={showChanges(data, changes)} isOld={isOld} />
      ) : (
        <div className={error ? 'no-orders bad' : 'no-orders'}>
          <p role="alert">{error && `The orders could not be loaded: ${describeLoadFailure(error)}`}</p>
          {error ? (
            <button type="button" className="button" aria-disabled={isFetching} onClick={() => void refetch()}>
              Load them again
            </button>
          ) : (
            <p>Loading the orders</p>
          )}
        </div>
      )}
      <NewOrderForm />
    </section>
  )
}
