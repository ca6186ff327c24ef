import { ChatCard } from './ChatCard.tsx'
import { Shell } from './Shell.tsx'
import { SignInCard } from './SignInCard.tsx'
import { useSignIn } from './useSignIn.ts'

export function ChatPage() {
  const { person, problem, signIn } = useSignIn()
  return (
    <Shell
      page="chat"
      footer="Every page of this browser is the same person. A private window, or another browser, is somebody else."
    >
      <div className="intro">
        <h1>A room that forgets nobody</h1>
        <p>
          Each room is a channel of a hub, which decides who may read it. This page follows it with{' '}
          <code>useEventStream</code> from <code>@tidewire/react</code>, and comes back by itself.
        </p>
      </div>
      {person && <ChatCard person={person} problem={problem} onLeave={signIn.leave} onExpire={signIn.expire} />}
      {person === null && <SignInCard problem={problem} onEnter={signIn.enter} />}
    </Shell>
  )
}
