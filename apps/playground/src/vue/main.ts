import { createApp } from 'vue'
import { keepOnRestart } from '../shared/keepOnRestart.ts'
import App from './App.vue'

keepOnRestart()
createApp(App).mount('#app')
