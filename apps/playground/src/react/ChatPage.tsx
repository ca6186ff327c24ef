import { ChatCard } from './ChatCard.tsx'
import { Shell } from './Shell.tsx'
import { SignInCard } from './SignInCard.tsx'
import { useSignIn } from './useSignIn.ts'

export function ChatPage() {
  const { person, problem, signIn } = useSignIn()
  return (
    <Shell
      page="chat"
      title="A room that forgets nobody"
      intro={
        <>
          Each room is a channel of a hub, which decides who may read it. This page follows it with{' '}
          <code>useEventStream</code> from <code>@tidewire/react</code>, and comes back by itself.
        </>
      }
      footer="Every page of this browser is the same person. A private window, or another browser, is somebody else."
    >
      {person && <ChatCard person={person} problem={problem} onLeave={signIn.leave} onExpire={signIn.expire} />}
      {person === null && <SignInCard problem={problem} onEnter={signIn.enter} />}
    </Shell>
  )
}
