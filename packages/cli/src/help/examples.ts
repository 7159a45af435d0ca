/** What a command's help shows beneath its options, by the words of the command; a line may say what it does after its words. */
export const examples: Readonly<Record<string, readonly string[]>> = {
  init: [
    "alien init my-app    a working project in a folder of its own",
    "alien init --yes     in this folder, beside the files of a project that is there",
  ],
  "queue ls": [
    "alien queue ls",
    "alien queue ls --stage prod",
    "alien queue ls --json | jq '.queues[] | select(.dead > 0)'",
  ],
  "queue info": ["alien queue info tasks", "alien queue info tasks --json | jq .capabilities"],
  "queue ack": [
    "receipt=$(alien queue receive tasks --json | jq -r .receiptHandle)",
    'alien queue ack tasks "$receipt"',
  ],
  "queue peek": ["alien queue peek tasks -n 50", "alien queue peek tasks --json | jq .payload"],
  "queue tail": [
    "alien queue tail tasks",
    "alien queue tail tasks --stage prod --interval 5s",
    "alien queue tail tasks --json | jq -r 'select(.type == \"dead\") | .id'",
  ],
  "queue stats": ["alien queue stats tasks", "alien queue stats tasks --json | jq .ready"],
  "queue export": [
    "alien queue export tasks tasks.ndjson",
    "alien queue export tasks --stage prod | gzip > tasks.ndjson.gz",
  ],
  "queue import": [
    "alien queue export tasks tasks.ndjson",
    "alien queue import reports tasks.ndjson    twice is once, for 24 hours",
  ],
  "queue purge": [
    "alien queue purge tasks          asks first",
    "alien queue purge tasks --yes    does not",
  ],
  "queue resume": ["alien queue resume tasks"],
  "jobs get": ['alien jobs get tasks "$id"', 'alien jobs get tasks "$id" --json | jq .result'],
  "jobs ls": ["alien jobs ls tasks -n 50", "alien jobs ls tasks --status dead"],
  "jobs requeue": ['alien jobs requeue tasks "$dead"'],
  "jobs cancel": ['alien jobs cancel tasks "$id"'],
  "dead ls": [
    "alien dead ls tasks",
    'alien dead ls tasks --error "smtp down" --younger-than 2d',
    "alien dead ls tasks --field customer.id=17",
  ],
  "dead show": ['alien dead show tasks "$dead"'],
  "dead discard": [
    'alien dead discard tasks "$dead"',
    "alien dead discard tasks --older-than 7d --yes",
  ],
  "dead export": [
    "alien dead export tasks dead.ndjson",
    'alien dead export tasks --error "smtp down" | gzip > dead.ndjson.gz',
  ],
  "dead import": [
    "alien dead export tasks dead.ndjson",
    "alien dead import tasks dead.ndjson    one that is there is not taken twice",
  ],
  "consumers ls": ["alien consumers ls", "alien consumers ls --stage prod --json"],
  "consumers bind": [
    "alien consumers bind tasks worker-next",
    "alien consumers bind tasks worker-next --paused    until: alien queue resume tasks",
  ],
  "consumers unbind": ["alien consumers unbind tasks --confirm tasks"],
  "clock advance": ["alien clock advance 2h"],
  "clock reset": ["alien clock reset"],
  plan: [
    "alien plan --platform aws --stage prod",
    "alien plan --stage prod --out plan.json    to be applied as it is: alien deploy --plan plan.json",
  ],
  deploy: [
    "alien deploy --platform aws --stage prod",
    "alien deploy --stage pr-123 --yes --json    in CI",
  ],
  destroy: [
    "alien destroy --stage pr-123",
    "alien destroy --stage pr-123 --yes --allow-data-loss tasks",
  ],
  status: ["alien status --stage prod"],
  refresh: ["alien refresh --stage prod    what somebody has changed at the vendor's console"],
  logs: [
    "alien logs worker --stage prod --since 10m",
    'alien logs worker --stage prod --follow --filter "smtp"',
  ],
  export: ["alien export --format terraform --platform aws --stage prod"],
  "secret ls": ["alien secret ls --stage prod"],
  "state ls": ["alien state ls --stage prod"],
  "state pull": ["alien state pull --stage prod > state.json"],
  "state rm": ["alien state rm queue/tasks --stage prod"],
  "state unlock": ["alien state unlock --stage prod"],
  doctor: [
    "alien doctor",
    "alien doctor --offline",
    "alien doctor --platform aws    also whether AWS knows who is asking",
  ],
  explain: ["alien explain QUEUE_PAUSED"],
  completion: [
    "source <(alien completion bash)    in ~/.bashrc",
    "source <(alien completion zsh)     in ~/.zshrc",
    "alien completion fish > ~/.config/fish/completions/alien.fish",
    "alien completion powershell >> $PROFILE",
  ],
};

/** Where a status means more than its kind. */
export const statuses: Readonly<Record<string, string>> = {
  "jobs wait": "1 also where the job has not succeeded by then",
  "jobs requeue": "4 where the job is not DEAD",
  "jobs cancel": "4 where the job is not PENDING",
  "dead import": "1 also where a line was refused; the others are there",
  "queue import": "1 also where a line was refused; the others are sent",
  doctor: "1 where there is a problem; warnings are 0",
  dev: "that of your own program, where one was given",
};
