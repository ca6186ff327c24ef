import { MetricsCard } from './MetricsCard.tsx'
import { OrdersCard } from './OrdersCard.tsx'
import { Shell } from './Shell.tsx'
import { UploadCard } from './UploadCard.tsx'

export function DashboardPage() {
  return (
    <Shell
      page="dashboard"
      footer={
        <>
          The same stream in a terminal: <code>curl -N {location.origin}/api/metrics</code>
        </>
      }
    >
      <div className="intro">
        <h1>Live data over plain HTTP</h1>
        <p>
          A Node server sends Server-Sent Events; this page follows them with <code>useEventStream</code> from{' '}
          <code>@tidewire/react</code>. Nothing here is made up: stop the server, start it again, and watch.
        </p>
      </div>
      <MetricsCard />
      <OrdersCard />
      <UploadCard />
    </Shell>
  )
}
