import type { ReactNode } from 'react'
import icon from '../shared/icon.svg'

interface Props {
  page: 'dashboard' | 'chat'
  title: string
  intro: ReactNode
  footer: ReactNode
  children: ReactNode
}

export function Shell({ page, title, intro, footer, children }: Props) {
  const path = page === 'chat' ? '/chat' : ''
  return (
    <div className="page">
      <header className="top">
        <a className="brand" href="/">
          <img src={icon} alt="" width="28" height="28" />
          Tidewire
        </a>
        <nav className="switch pages" aria-label="Page">
          <a href="/react" aria-current={page === 'dashboard' ? 'page' : undefined}>
            Dashboard
          </a>
          <a href="/react/chat" aria-current={page === 'chat' ? 'page' : undefined}>
            Chat
          </a>
        </nav>
        <nav className="switch" aria-label="Framework">
          <a href={`/react${path}`} aria-current="page">
            React
          </a>
          <a href={`/vue${path}`}>Vue</a>
        </nav>
      </header>
      <main>
        <div className="intro">
          <h1>{title}</h1>
          <p>{intro}</p>
        </div>
        {children}
      </main>
      <footer className="bottom">{footer}</footer>
    </div>
  )
}
