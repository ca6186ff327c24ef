import { MetricsCard } from './MetricsCard.tsx'
import { OrdersCard } from './OrdersCard.tsx'
import { Shell } from './Shell.tsx'
import { UploadCard } from './UploadCard.tsx'

export function DashboardPage() {
  return (
    <Shell
      page="dashboard"
      title="Live data over plain HTTP"
      intro={
        <>
          A Node server sends Server-Sent Events; this page follows them with <code>useEventStream</code> from{' '}
          <code>@tidewire/react</code>. Nothing here is made up: stop the server, start it again, and watch.
        </>
      }
      footer={
        <>
          The same stream in a terminal: <code>curl -N {location.origin}/api/metrics</code>
        </>
      }
    >
      <MetricsCard />
      <OrdersCard />
      <UploadCard />
    </Shell>
  )
}
