import { ChatPage } from './ChatPage.tsx'
import { DashboardPage } from './DashboardPage.tsx'

export function App() {
  return /\/chat\/?$/.test(location.pathname) ? <ChatPage /> : <DashboardPage />
}
