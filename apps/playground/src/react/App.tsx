import icon from '../shared/icon.svg'
import { MetricsCard } from './MetricsCard.tsx'
import { UploadCard } from './UploadCard.tsx'

export function App() {
  return (
    <div className="page">
      <header className="top">
        <a className="brand" href="/">
          <img src={icon} alt="" width="28" height="28" />
          Tidewire
        </a>
        <nav className="switch" aria-label="Framework">
          <a href="/react" aria-current="page">
            React
          </a>
          <a href="/vue">Vue</a>
        </nav>
      </header>
      <main>
        <div className="intro">
          <h1>Live data over plain HTTP</h1>
          <p>
            A Node server sends Server-Sent Events; this page follows them with <code>useEventStream</code> from{' '}
            <code>@tidewire/react</code>. Nothing here is made up: stop the server, start it again, and watch.
          </p>
        </div>
        <MetricsCard />
        <UploadCard />
      </main>
      <footer className="bottom">
        The same stream in a terminal: <code>curl -N {location.origin}/api/metrics</code>
      </footer>
    </div>
  )
}
