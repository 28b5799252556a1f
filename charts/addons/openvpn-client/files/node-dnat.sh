#!/bin/bash
# Translates between the addresses of nodes and the network under which OpenVPN carries traffic to them: the addresses of
# nodes may be taken in the network of the control plane, too.
#
#   node-dnat.sh OUTPUT       in the control plane: <node>:10250 becomes <network>.<last two bytes of node>
#   node-dnat.sh PREROUTING   in the user cluster: and back
#
# Needs NODE_ACCESS_NETWORK, a /16 such as 10.254.0.0/16, NET_ADMIN, and kubectl that may list nodes.
set -euo pipefail

hook=$1
network=$(cut -d. -f1-2 <<<"$NODE_ACCESS_NETWORK")
chain=NODE-DNAT

rules() {
  echo "*nat"
  echo ":$chain - [0:0]"
  local node
  for node in $1; do
    # OpenVPN carries IPv4 only.
    [[ $node =~ ^([0-9]+)\.([0-9]+)\.([0-9]+)\.([0-9]+)$ ]] || continue
    local carried="$network.${BASH_REMATCH[3]}.${BASH_REMATCH[4]}"
    if [[ $hook == OUTPUT ]]; then
      echo "-A $chain -d $node/32 -p tcp --dport 10250 -j DNAT --to-destination $carried"
    else
      echo "-A $chain -d $carried/32 -j DNAT --to-destination $node"
    fi
  done
  echo "COMMIT"
}

iptables -w -t nat -N "$chain" 2>/dev/null || true
iptables -w -t nat -C "$hook" -j "$chain" 2>/dev/null || iptables -w -t nat -I "$hook" -j "$chain"
applied=none
while true; do
  # A control plane that does not answer changes nothing: the last known nodes are better than none.
  if nodes=$(kubectl get nodes -o 'jsonpath={range .items[*]}{.status.addresses[?(@.type=="InternalIP")].address}{"\n"}{end}'); then
    wanted=$(rules "$nodes")
    if [[ $wanted != "$applied" ]]; then
      # One transaction: there is no moment without rules.
      iptables-restore -w --noflush <<<"$wanted"
      applied=$wanted
    fi
  fi
  sleep 10
done
