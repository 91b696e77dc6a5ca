# A repository with a branch for each environment, whose remote merges records of rollbacks as a reviewer does.
git init --quiet --bare --initial-branch=main ../remote.git
cat > ../remote.git/hooks/post-receive <<'HOOK'
#!/bin/sh
while read -r _old new ref; do
  case $ref in refs/heads/record-*) git update-ref refs/heads/main "$(git commit-tree 'main^{tree}' -p main -p "$new" -m Merge)" ;; esac
done
HOOK
chmod +x ../remote.git/hooks/post-receive
git clone --quiet ../remote.git repository 2>/dev/null && cd repository
git switch --quiet --create main
echo 1 > version && git add version && git commit --quiet --message 'Version 1' && git push --quiet origin main
git push --quiet origin main:refs/heads/{{ env | sh }} && git tag {{ ("release-" ~ env ~ "-20261120T101500Z") | sh }} && git push --quiet origin --tags
echo 2 > version && git commit --quiet --all --message 'Version 2' && git push --quiet origin main
{% if here.promoted_from %}git push --quiet origin main:refs/heads/{{ here.promoted_from | sh }}{% endif %}
